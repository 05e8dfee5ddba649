// What a child process computes with: the part of it that knows an engine.

import type { Feeds, ModelBytes, ProfiledNode, RuntimeTensor, Session } from "@espalier/core";

export type PortInfo = Session["inputs"][number];

export interface ChildEngine {
  /**
   * Loads a model; the one before it is released by then.
   *
   * @param settings what the parent's side of this engine sends
   */
  load(model: ModelBytes, settings: object): Promise<ChildModel>;
}

/** A loaded model. Whatever it throws is told to the parent. */
export interface ChildModel {
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  run(feeds: Feeds, fetches?: readonly string[]): Promise<Record<string, RuntimeTensor>>;
  /** Runs once and keeps the feeds; what it gives runs them again, and is what is timed. */
  prepare(feeds: Feeds): Promise<() => Promise<unknown>>;
  /** Ends profiling; null when it was not asked for. */
  profile(): Promise<readonly ProfiledNode[] | null>;
  release(): Promise<void>;
}
