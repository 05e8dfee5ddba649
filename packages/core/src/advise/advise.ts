// Advice on a network for every target that is asked about.

import type { Subject } from "../target/subject.js";
import type { Advice } from "./advice.js";
import { adviseDense, type DenseRuntimeFacts } from "./dense-onnx.js";
import { networkShares } from "./network-shares.js";
import { adviseTensorrt } from "./tensorrt.js";
import { adviseTflite } from "./tflite.js";
import { adviseDownload } from "./web-download.js";

export interface AdviseOptions {
  /** What is known of the dense runtimes, each for its target. */
  readonly dense: readonly DenseRuntimeFacts[];
  /** Bytes of the model as a browser would download it; null when unknown. */
  readonly downloadBytes: number | null;
  readonly tflite?: boolean;
  readonly tensorrt?: boolean;
}

/** Verdicts by target, the most useful first. */
export function advise(subject: Subject, options: AdviseOptions): Advice[] {
  const shares = networkShares(subject);
  return [
    ...options.dense.flatMap((facts) => [
      ...adviseDense(subject, shares, facts),
      ...(facts.target === "web" && options.downloadBytes !== null && shares.groups.length > 0
        ? [adviseDownload(options.downloadBytes)]
        : []),
    ]),
    ...(options.tflite === true ? adviseTflite(shares) : []),
    ...(options.tensorrt === true ? adviseTensorrt(shares) : []),
  ];
}
