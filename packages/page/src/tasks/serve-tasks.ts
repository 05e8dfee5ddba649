// The worker's side: runs tasks, reports their progress, turns every error into a failure with a code.

import type { ProgressListener } from "@espalier/core";
import { isEspalierError } from "@espalier/ir";
import type { Failure, Tasks, WorkReply, WorkRequest } from "./messages.js";

export interface TaskControl {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}

export type TaskHandlers<T extends Tasks<T>> = {
  readonly [K in keyof T]: (request: T[K]["request"], control: TaskControl) => Promise<T[K]["result"]>;
};

/** What this file uses of the worker's global scope; the types of workers and of pages exclude each other. */
interface WorkerScope {
  onmessage: ((event: { readonly data: WorkRequest }) => void) | null;
  postMessage(message: WorkReply): void;
}

/** Serves tasks until the worker is ended. */
export function serveTasks<T extends Tasks<T>>(handlers: TaskHandlers<T>): void {
  const scope = globalThis as unknown as WorkerScope;
  const running = new Map<number, AbortController>();
  const run = async (name: string, id: number, request: unknown, signal: AbortSignal): Promise<unknown> => {
    if (!Object.hasOwn(handlers, name)) throw new Error(`there is no task "${name}"`);
    const onProgress: ProgressListener = (event) => scope.postMessage({ kind: "progress", id, event });
    return handlers[name as keyof T](request as T[keyof T]["request"], { signal, onProgress });
  };
  scope.onmessage = ({ data }) => {
    const { id } = data;
    if (data.kind === "abort") return running.get(id)?.abort();
    const controller = new AbortController();
    running.set(id, controller);
    run(data.task, id, data.request, controller.signal)
      .then(
        (result) => scope.postMessage({ kind: "done", id, result }),
        (error) => scope.postMessage({ kind: "failed", id, failure: failureOf(error) }),
      )
      .finally(() => running.delete(id));
  };
}

/** An array that cannot be had is a RangeError to the language; to the user it is memory. */
function failureOf(error: unknown): Failure {
  if (isEspalierError(error)) return { code: error.code, message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  return /array buffer allocation|invalid (typed )?array length|out of memory/i.test(message)
    ? { code: "MEMORY", message: "This tab has not enough memory for it" }
    : { code: "DEFECT", message };
}
