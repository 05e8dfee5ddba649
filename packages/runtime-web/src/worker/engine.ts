// What a worker computes with: the part of it that knows an engine.

import type { AssetFailure, EngineSettings, MessageArray, PortHeader, TensorHeader } from "./messages.js";

export interface WorkerEngine {
  /**
   * Loads the engine and tries it out, before it sees a model.
   *
   * @throws EngineFailure where one of its files is not what it should be
   */
  start(settings: EngineSettings): Promise<void>;
  /**
   * Loads a model; the one before it is released by then.
   *
   * @param settings what the page's side of this engine sends
   */
  load(
    bytes: Uint8Array,
    external: readonly { readonly path: string; readonly data: Uint8Array }[],
    settings: object,
  ): Promise<WorkerModel>;
  /** Bytes of linear memory, which never shrinks. */
  memoryBytes(): number;
}

export interface PackedTensors {
  readonly tensors: readonly TensorHeader[];
  readonly arrays: readonly MessageArray[];
}

/** A loaded model. Whatever it throws is told to the page. */
export interface WorkerModel {
  readonly inputs: readonly PortHeader[];
  readonly outputs: readonly PortHeader[];
  /** @param fetches null for all outputs */
  run(feeds: PackedTensors, fetches: readonly string[] | null): Promise<PackedTensors>;
  /** Keeps the feeds; what it gives runs them, and is what is timed. */
  prepare(feeds: PackedTensors): () => Promise<unknown>;
  /** Ends profiling and gives the trace; null when it was not asked for. */
  endProfile(): string | null;
  release(): Promise<void>;
}

/** The engine did not start. */
export class EngineFailure extends Error {
  override readonly name: string = "EngineFailure";
  /** The file that is not what it should be; null where the browser refuses for another reason. */
  readonly asset: AssetFailure | null;

  constructor(cause: unknown, asset: AssetFailure | null) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.asset = asset;
  }
}
