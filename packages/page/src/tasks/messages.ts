// What a page and its worker send each other: a task, its progress, its end. Progress has the one shape of core.

import type { ProgressEvent } from "@espalier/core";

/** A failure as it crosses the border: errors lose their class there. */
export interface Failure {
  /** One of Espalier's codes; DEFECT for what was not foreseen. */
  readonly code: string;
  readonly message: string;
}

export type WorkRequest =
  | { readonly kind: "run"; readonly id: number; readonly task: string; readonly request: unknown }
  | { readonly kind: "abort"; readonly id: number };

export type WorkReply =
  | { readonly kind: "progress"; readonly id: number; readonly event: ProgressEvent }
  | { readonly kind: "done"; readonly id: number; readonly result: unknown }
  | { readonly kind: "failed"; readonly id: number; readonly failure: Failure };

/** What a task takes and gives. */
export interface Task {
  readonly request: unknown;
  readonly result: unknown;
}

/** The tasks of one kind of worker, by name. */
export type Tasks<T> = Record<keyof T, Task>;
