// Advice on a network for every target that is asked about.

import type { Subject } from "../target/subject.js";
import type { Advice, Pays } from "./advice.js";
import { adviseDense, type DenseRuntimeFacts } from "./dense-onnx.js";
import { type NetworkShares, networkShares } from "./network-shares.js";
import { adviseTensorrt } from "./tensorrt.js";
import { adviseTflite } from "./tflite.js";

export interface AdviseOptions {
  /** What is known of the dense runtimes, each for its target. */
  readonly dense: readonly DenseRuntimeFacts[];
  readonly tflite?: boolean;
  readonly tensorrt?: boolean;
}

/** The most useful first. */
const ORDER: readonly Pays[] = ["yes", "little", "unknown", "no"];

export interface NetworkAdvice extends Pick<NetworkShares, "macs" | "parameters" | "inexact"> {
  /** Groups that can shrink exactly. */
  readonly groups: number;
  /** By target in the order asked for; within a target what pays most comes first. */
  readonly verdicts: readonly Advice[];
}

/** What would pay on each target, what would not, and why; nothing is run. */
export function advise(subject: Subject, options: AdviseOptions): NetworkAdvice {
  const shares = networkShares(subject);
  const targets = [
    ...options.dense.map((facts) => adviseDense(subject, shares, facts)),
    ...(options.tflite === true ? [adviseTflite(subject, shares)] : []),
    ...(options.tensorrt === true ? [adviseTensorrt(subject, shares)] : []),
  ];
  const { macs, parameters, inexact, groups } = shares;
  return {
    macs,
    parameters,
    inexact,
    groups: groups.length,
    verdicts: targets.flatMap((verdicts) => verdicts.toSorted((a, b) => rank(a) - rank(b))),
  };
}

function rank({ pays }: Advice): number {
  return ORDER.indexOf(pays);
}
