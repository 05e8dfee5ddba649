// What a page and its worker say to each other. Requests and replies alternate. Headers are plain JSON, and
// arrays travel beside them, so that a message can also cross a wire (../page/relay.ts). Element types go by
// the name that onnxruntime-common gives them: the worker need not know ours.

import type { LoadOptions } from "@espalier/core";

/** A typed array; what a transfer list and a wire can carry. */
export type MessageArray =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

export interface Message<Header> {
  readonly header: Header;
  readonly arrays: readonly MessageArray[];
}

/** A tensor without its elements: those are the next array, or `strings`. */
export interface TensorHeader {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly number[];
  readonly strings?: readonly string[];
}

export interface EngineSettings {
  readonly threads: number;
  /** Absolute URLs of the engine's files; null takes those the worker was built with. */
  readonly wasm: string | null;
  readonly mjs: string | null;
  /** Bytes of linear memory beyond what the engine itself needs; null for no bound of ours. */
  readonly memoryBytes: number | null;
}

/** What ONNX Runtime is told about loading a model. */
export interface SessionSettings extends Pick<LoadOptions, "optimisation" | "freeDims"> {
  readonly profile: boolean;
}

/** Runs until one of the two is reached, but two at least. */
export interface WarmUp {
  readonly ms: number;
  /** null for any number. */
  readonly runs: number | null;
}

export type Request =
  /** Loads the engine and tries it out, before it sees the model. */
  | { readonly type: "start"; readonly settings: EngineSettings }
  /** Arrays: the model, then its external data in the order of the names. A model before it is released. */
  | { readonly type: "load"; readonly settings: object; readonly external: readonly string[] }
  | {
      readonly type: "run";
      readonly tensors: readonly TensorHeader[];
      readonly fetches: readonly string[] | null;
    }
  | { readonly type: "profile" }
  /** Keeps the feeds for `time` and warms up. */
  | { readonly type: "prepare"; readonly tensors: readonly TensorHeader[]; readonly warmUp: WarmUp }
  /** Finds out how many runs a sample must average. */
  | { readonly type: "calibrate" }
  /** Runs the prepared feeds; the reply holds one float64 of milliseconds per run for each sample. */
  | {
      readonly type: "time";
      readonly untimed: number;
      readonly samples: number;
      readonly runsPerSample: number;
    }
  | { readonly type: "memory" };

export interface PortHeader {
  readonly name: string;
  /** null for what is no tensor. */
  readonly type: string | null;
  readonly shape: readonly (number | string)[];
}

export type Reply =
  | { readonly type: "started"; readonly startMs: number; readonly memoryBytes: number }
  | {
      readonly type: "loaded";
      readonly inputs: readonly PortHeader[];
      readonly outputs: readonly PortHeader[];
      readonly loadMs: number;
    }
  | { readonly type: "ran"; readonly tensors: readonly TensorHeader[] }
  /** The profiler's trace as JSON; null where it cannot be had. */
  | { readonly type: "profiled"; readonly trace: string | null }
  | { readonly type: "prepared" }
  | { readonly type: "calibrated"; readonly runsPerSample: number }
  | { readonly type: "timed" }
  | { readonly type: "memory"; readonly memoryBytes: number }
  | FailureReply;

/** Why a request failed, as far as the worker can tell. */
export interface FailureReply {
  readonly type: "failure";
  readonly kind: "engine" | "refused" | "failed" | "memory";
  readonly message: string;
  /** The file of the engine that is not what it should be. */
  readonly asset?: AssetFailure;
}

export interface AssetFailure {
  readonly url: string;
  readonly expected: "wasm" | "JavaScript";
  /** "HTML", "nothing (status 404)", … */
  readonly found: string;
}
