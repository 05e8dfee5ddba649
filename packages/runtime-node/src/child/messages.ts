// What parent and child say to each other. Requests and replies alternate; tensors and models travel as the
// buffers of the frame. Replies are checked by the parent before it believes them.

import type { PackedTensors } from "./tensor-frames.js";

type TensorHeaders = PackedTensors["tensors"];

export type Request =
  /** Buffers: the model, then its external data in the order of the names. A model before it is released. */
  | {
      readonly type: "load";
      /** What this engine is told about loading it. */
      readonly settings: object;
      readonly external: readonly string[];
    }
  | {
      readonly type: "run";
      readonly feeds: TensorHeaders;
      readonly fetches: readonly string[] | null;
      /** Most bytes of all outputs together. */
      readonly outputBytes: number;
    }
  | { readonly type: "profile" }
  /** Keeps the feeds for `time` and runs once. */
  | { readonly type: "prepare"; readonly feeds: TensorHeaders }
  /** Runs the prepared feeds; the reply holds one float64 of milliseconds for each of `runs`. */
  | { readonly type: "time"; readonly warmup: number; readonly runs: number }
  /**
   * The same in time that this process spent computing, for engines of one thread: what others make a shared machine do
   * meanwhile is not in it. Its clock has whole microseconds, so each of `samples` averages some runs.
   */
  | {
      readonly type: "time-cpu";
      readonly warmup: number;
      readonly samples: number;
      readonly runsPerSample: number;
    }
  | { readonly type: "memory" };

/** Why a request failed, as far as the child can tell. */
export type FailureKind = "runtime-missing" | "refused" | "failed" | "memory";

export interface FailureReply {
  readonly type: "failure";
  readonly kind: FailureKind;
  readonly message: string;
}
