// What Espalier needs from the world: a Runtime that computes, and a Host for everything else. Both are
// handed in; implementations live in runtime-node and runtime-web. Types follow onnxruntime-common.

import type { DataTypeCode } from "@espalier/ir";

/** A tensor at the border of the runtime. `data` is row-major; float16 as Uint16Array bits. */
export interface RuntimeTensor {
  readonly dataType: DataTypeCode;
  readonly dims: readonly number[];
  readonly data:
    | Float32Array
    | Float64Array
    | Uint8Array
    | Int8Array
    | Uint16Array
    | Int16Array
    | Int32Array
    | Uint32Array
    | BigInt64Array
    | BigUint64Array
    | readonly string[];
}

export type Feeds = Readonly<Record<string, RuntimeTensor>>;

export interface LoadOptions {
  /** Intra-op threads. Claims are made at one. */
  readonly threads?: number;
  /** Spinning thread pools; off where sessions take turns, as whatever is timed does. */
  readonly spinning?: boolean;
  readonly optimisation?: "disabled" | "basic" | "extended" | "all";
  /** Symbolic dimensions to fix for this session. */
  readonly freeDims?: Readonly<Record<string, number>>;
  readonly profile?: boolean;
  readonly signal?: AbortSignal;
}

/** One node of the runtime's own profile. */
export interface ProfiledNode {
  readonly name: string;
  readonly opType: string;
  /** Median duration over the profiled runs; the mean of their middle half where the clock is coarse. */
  readonly durationUs: number;
  /** Shapes of its operands and results as the runtime ran it; empty where it does not say. */
  readonly inputShapes: readonly (readonly number[])[];
  readonly outputShapes: readonly (readonly number[])[];
}

/** How long one model takes, and where. */
export interface ModelProfile extends TimedRuns {
  /** Kernel by kernel, from the runtime's own profiler; null where it has none. */
  readonly nodes: readonly ProfiledNode[] | null;
  /** The runs in which the kernels were timed; null where they are not. */
  readonly profiled: TimedRuns | null;
}

/** Whole runs of one model. */
export interface TimedRuns {
  readonly medianMs: number;
  /** The fastest tenth takes no longer. What others did to the machine is not in it. */
  readonly p10Ms: number;
  /** Against the profiler's reference; null where it has none. */
  readonly reference: ReferenceTime | null;
}

/** Machines change their speed from second to second. What two models take in turns has one speed. */
export interface ReferenceTime {
  /** Median run of the reference meanwhile. */
  readonly medianMs: number;
  /** Time of the model over the reference's: median over the rounds in which both ran. */
  readonly times: number;
}

/** A place where models are timed one after another. */
export interface Profiler {
  /** Times a model; the one before is gone then. */
  profile(model: ModelBytes, feeds: Feeds): Promise<ModelProfile>;
  dispose(): Promise<void>;
}

export interface ProfilerOptions extends RunLimits {
  readonly threads: number;
  /** About how long one model may be timed, beyond loading it. Milliseconds. */
  readonly budgetMs?: number;
  /** A model that whole runs of every other take turns with. */
  readonly reference?: { readonly model: ModelBytes; readonly feeds: Feeds };
  /**
   * false where nobody reads the kernels: an engine that has no profiler may spare the runs it takes to tell them apart.
   *
   * @default true
   */
  readonly kernels?: boolean;
  readonly signal?: AbortSignal;
}

export interface Session {
  readonly inputs: readonly { name: string; dataType: DataTypeCode; shape: readonly (number | string)[] }[];
  readonly outputs: readonly { name: string; dataType: DataTypeCode; shape: readonly (number | string)[] }[];
  /**
   * Runs the model.
   *
   * @param fetches limits the outputs
   * @param into where outputs may be written, by name, so that their memory is used again. An engine that cannot write
   *   there gives new tensors: what is returned counts.
   */
  run(
    feeds: Feeds,
    fetches?: readonly string[],
    into?: Readonly<Record<string, RuntimeTensor>>,
  ): Promise<Record<string, RuntimeTensor>>;
  /** Ends profiling and gives the result; null where the runtime cannot. */
  profile?(): Promise<readonly ProfiledNode[] | null>;
  /** False once a session of `loadUntrusted` was stopped: its later runs all fail. Not given where none can be. */
  readonly alive?: boolean;
  /** Mandatory: native memory is not garbage collected. */
  dispose(): Promise<void>;
}

export interface ModelBytes {
  readonly bytes: Uint8Array;
  /** External data files by the name the model gives them. */
  readonly external?: Readonly<Record<string, Uint8Array>>;
}

/** What a measurement reports. Milliseconds; quantiles over all timed runs. */
export interface LatencyStatistics {
  readonly medianMs: number;
  readonly p10Ms: number;
  readonly p90Ms: number;
  readonly runs: number;
  readonly threads: number;
  readonly batch: number | null;
  readonly runtime: string;
  /** (p90 − p10)/median stayed above 0.25 after repeats: supports no verdict. */
  readonly unstable: boolean;
  /** Every timed run in order, for the evidence plot. */
  readonly samplesMs: readonly number[];
  /** Runs that each sample averages, where the clock is too coarse to time one; 1 when absent. */
  readonly runsPerSample?: number;
}

export interface LatencyRequest {
  /** The models to compare, by label; measured in alternating blocks, one process each. */
  readonly models: Readonly<Record<string, ModelBytes>>;
  readonly feeds: Feeds;
  readonly threads: number;
  readonly batch: number | null;
  /** Timed runs per model; the implementation warms up first. */
  readonly runs?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

export interface RunLimits {
  /** Wall time of one run; then the process is killed. */
  readonly timeoutMs?: number;
  /** Address space of the process, beyond what the runtime itself needs. */
  readonly memoryBytes?: number;
  /** Bytes of all outputs of one run together; above them the run is `MEMORY`. */
  readonly outputBytes?: number;
}

/** What a model takes before its first answer. */
export interface Footprint {
  readonly loadMs: number;
  /** Largest resident memory of the whole process after one run. */
  readonly peakBytes: number;
}

/** A compute engine. */
export interface Runtime {
  /** "onnxruntime-node 1.30.0" */
  readonly name: string;
  readonly capabilities: RuntimeCapabilities;
  /** Loads a model that Espalier made itself, in this process. */
  load(model: Uint8Array | ModelBytes, options?: LoadOptions): Promise<Session>;
  /**
   * Loads a model of unknown origin where it can be stopped: a child process with a deadline and a memory
   * ceiling, or a disposable worker.
   * @throws EspalierError `NOT_RUNNABLE`, `RUN_FAILED`, `TIMEOUT`, `MEMORY`
   */
  loadUntrusted(model: Uint8Array | ModelBytes, options?: LoadOptions & RunLimits): Promise<Session>;
  /** What loading and running a model once takes, in a process of its own. */
  measureFootprint(
    model: Uint8Array | ModelBytes,
    feeds: Feeds,
    options?: RunLimits & { readonly signal?: AbortSignal },
  ): Promise<Footprint | Unavailable>;
  /** Somewhere to time many variants of a model in, for cost tables. */
  openProfiler(options: ProfilerOptions): Promise<Profiler | Unavailable>;
  /** Latency of several models side by side; null with a reason where this engine's times mean nothing. */
  measureLatency(request: LatencyRequest): Promise<Readonly<Record<string, LatencyStatistics>> | Unavailable>;
}

export interface RuntimeCapabilities {
  readonly engine: "native" | "wasm" | "webgpu";
  readonly threads: number;
  readonly float64: boolean;
  readonly maxOpset: number;
}

/** The well-formed refusal of what this machine cannot do. */
export interface Unavailable {
  readonly unavailable: string;
  readonly unblock: string;
}

export function isUnavailable(result: object): result is Unavailable {
  return "unavailable" in result;
}

/** One progress event shape for command line, page and API. */
export interface ProgressEvent {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
}

export type ProgressListener = (event: ProgressEvent) => void;

/** A place for what can be measured again: losing it costs time only. Names are plain paths with "/". */
export interface Cache {
  /** null when nothing is kept under that name. */
  read(name: string): Promise<Uint8Array | null>;
  /** Fails silently: a cache that cannot be written is none. */
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/**
 * A place for what work goes on from after it was stopped. Under each name lie the newest bytes and the ones before
 * them. Names are plain paths with "/".
 */
export interface CheckpointStore {
  /**
   * Keeps bytes as the newest under a name; what was the newest stays, older ones go. Whole or not at all, whenever the
   * process or the machine dies.
   * @throws EspalierError `IO_FULL`, `IO_READONLY`, `IO`; what lay there before is as it was then
   */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /**
   * @param age 0 for the newest, 1 for the one before
   * @returns null where there is none
   */
  read(name: string, age: 0 | 1): Promise<Uint8Array | null>;
}

/** Everything else from outside. What a host cannot do is null. */
export interface Host {
  /** null or absent: nothing is kept between runs. */
  readonly cache?: Cache | null;
  sha256(bytes: Uint8Array | readonly Uint8Array[]): Promise<string>;
  gzipSize: ((chunks: readonly Uint8Array[]) => Promise<number>) | null;
  brotliSize: ((chunks: readonly Uint8Array[]) => Promise<number>) | null;
  /** Milliseconds, monotonic. */
  now(): number;
  /** Wall clock as ISO 8601. */
  timestamp(): string;
  /** CPU model, cores, memory, platform: what a receipt says about the machine. */
  machine(): Readonly<Record<string, string | number>>;
}
