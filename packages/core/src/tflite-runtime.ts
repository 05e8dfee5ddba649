// What Espalier needs of a TFLite interpreter. Beside the Runtime, for the same reason: whoever deploys to TFLite may
// import `ir` and `core` alone and gets the interpreter handed in; implementations live in runtime-tflite. Sessions,
// limits and measurements are those of the Runtime, so what compares outputs and latencies takes either.

import type { DataTypeCode } from "@espalier/ir";
import type { TimeRuns } from "./measure/take-turns.js";
import type {
  Feeds,
  Footprint,
  LatencyRequest,
  LatencyStatistics,
  RunLimits,
  Session,
  Unavailable,
} from "./runtime.js";

export interface TfliteRuntime {
  /** "LiteRT.js 2.5.3, Node 20.19.0" */
  readonly name: string;
  readonly capabilities: TfliteCapabilities;
  /**
   * Loads a file after verifying it. Whatever its origin, it runs where it can be stopped.
   *
   * Inputs and outputs have the names of the file's signature of its main graph, or else of its tensors. Shapes are
   * those the file was made for, and are what is fed.
   *
   * @throws EspalierError what the reader of TFLite files refuses with; `NOT_RUNNABLE`, `TIMEOUT`, `MEMORY`,
   *   `UNAVAILABLE`; `run` of the session `RUN_FAILED`, `TIMEOUT`, `MEMORY`
   */
  load(model: Uint8Array, options?: TfliteLoadOptions): Promise<Session>;
  /** What loading and running a model once takes, in a place of its own. */
  measureFootprint(
    model: Uint8Array,
    feeds: Feeds,
    options?: RunLimits & { readonly signal?: AbortSignal },
  ): Promise<Footprint | Unavailable>;
  /** Latency of several models side by side. What is timed is the interpreter's run: its inputs lie in place. */
  measureLatency(request: LatencyRequest): Promise<Readonly<Record<string, LatencyStatistics>> | Unavailable>;
  /** Somewhere to time many files in, one after another, without starting the interpreter again for each. */
  openTimer(options: TfliteTimerOptions): Promise<TfliteTimer | Unavailable>;
  /** Ends what sessions share, such as a browser. */
  close(): Promise<void>;
}

/** One place in which files are timed one after another. */
export interface TfliteTimer {
  /**
   * Puts a file in the place of the one before and runs it warm. What it gives times runs on these feeds, and is good
   * until the next file comes.
   *
   * @throws EspalierError as `load` and `run` of a session do
   */
  load(model: Uint8Array, feeds: Feeds): Promise<TimeRuns>;
  dispose(): Promise<void>;
}

export interface TfliteTimerOptions extends RunLimits {
  readonly threads: number;
  readonly signal?: AbortSignal;
}

export interface TfliteLoadOptions extends RunLimits {
  /** As many as the runtime has are used at most. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

export interface TfliteCapabilities {
  readonly engine: "wasm";
  readonly threads: number;
  /** Element types of inputs and outputs. */
  readonly dataTypes: readonly DataTypeCode[];
}
