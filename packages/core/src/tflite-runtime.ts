// What Espalier needs of a TFLite interpreter. Beside the Runtime, for the same reason: whoever deploys to TFLite may
// import `ir` and `core` alone and gets the interpreter handed in; implementations live in runtime-tflite. Sessions,
// limits and measurements are those of the Runtime, so what compares outputs and latencies takes either.

import type { DataTypeCode } from "@espalier/ir";
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
  /** Ends what sessions share, such as a browser. */
  close(): Promise<void>;
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
