// What the demo page asks its worker. `load` comes first.

import type { LatencyStatistics, OutputAgreement, Unavailable } from "@espalier/core";
import type { ImageSource } from "../image/decode-image.js";
import type { Deployment } from "./deployment.js";

export interface LoadRequest {
  readonly deployment: Deployment;
  /** Address of the page: worker scripts lie elsewhere. */
  readonly base: string;
  readonly engine: string;
}

export interface Score {
  readonly label: string;
  /** A probability where the card says what the output is; else the number itself. */
  readonly value: number;
}

/** One output of one model, as far as it can be shown. */
export interface OutputAnswer {
  readonly name: string;
  readonly dims: readonly number[];
  readonly kind: "classes" | "numbers";
  /** The best classes, or null. */
  readonly top: readonly Score[] | null;
  readonly range: { readonly least: number; readonly most: number; readonly mean: number };
}

export interface Answer {
  readonly outputs: readonly OutputAnswer[];
}

export interface Answers {
  readonly original: Answer;
  readonly pruned: Answer;
  /** Of the pruned model with the original, by output: what pruning changed for this image. */
  readonly agreement: readonly OutputAgreement[];
  /** Of this one run each, with the way to the worker of the engine. */
  readonly tookMs: { readonly original: number; readonly pruned: number };
}

export type DemoLatency =
  | { readonly original: LatencyStatistics; readonly pruned: LatencyStatistics }
  | Unavailable;

export interface DemoTasks {
  readonly load: { readonly request: LoadRequest; readonly result: null };
  readonly run: { readonly request: { readonly image: ImageSource }; readonly result: Answers };
  readonly measure: { readonly request: Readonly<Record<never, never>>; readonly result: DemoLatency };
}
