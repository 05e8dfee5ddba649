// The page's side of a disposable worker: everything heavy happens in one, and ending it is how work is stopped and
// memory comes back. Workers that it started itself end with it.

import type { ProgressListener } from "@espalier/core";
import type { Failure, Tasks, WorkReply, WorkRequest } from "./messages.js";

export class TaskError extends Error {
  override readonly name: string = "TaskError";
  readonly code: string;

  constructor({ code, message }: Failure) {
    super(message);
    this.code = code;
  }
}

export interface RunOptions {
  readonly onProgress?: ProgressListener;
  /** Asks the task to stop; the worker lives on. To stop what does not listen, end the worker. */
  readonly signal?: AbortSignal;
}

interface Running {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ProgressListener | undefined;
}

export class TaskWorker<T extends Tasks<T>> {
  readonly #worker: Worker;
  readonly #running = new Map<number, Running>();
  #last = 0;
  #ended: Error | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<WorkReply>) => this.#receive(data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#end(new TaskError(breakdown(event.message)));
    });
  }

  /** @throws TaskError with the code of what went wrong; `ABORTED` once the worker is ended */
  run<K extends keyof T & string>(
    task: K,
    request: T[K]["request"],
    { onProgress, signal }: RunOptions = {},
  ): Promise<T[K]["result"]> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#running.set(id, { resolve, reject, onProgress });
      signal?.addEventListener("abort", () => this.#send({ kind: "abort", id }), { once: true });
      this.#send({ kind: "run", id, task, request });
    });
  }

  /** Ends the worker, whatever it is doing. */
  end(): void {
    this.#end(new TaskError({ code: "ABORTED", message: "The work was cancelled" }));
  }

  get ended(): boolean {
    return this.#ended !== null;
  }

  #send(request: WorkRequest): void {
    if (this.#ended === null) this.#worker.postMessage(request);
  }

  #receive(reply: WorkReply): void {
    const running = this.#running.get(reply.id);
    if (running === undefined) return;
    if (reply.kind === "progress") {
      running.onProgress?.(reply.event);
      return;
    }
    this.#running.delete(reply.id);
    if (reply.kind === "done") running.resolve(reply.result as never);
    else running.reject(new TaskError(reply.failure));
  }

  #end(reason: Error): void {
    if (this.#ended !== null) return;
    this.#ended = reason;
    this.#worker.terminate();
    for (const { reject } of this.#running.values()) reject(reason);
    this.#running.clear();
  }
}

/** A worker that fails as a whole: its script did not load, or the tab ran out of memory. */
function breakdown(message: string | undefined): Failure {
  return message
    ? { code: "DEFECT", message }
    : {
        code: "UNAVAILABLE",
        message:
          "The worker's script cannot be loaded. Serve it from the page's own origin, as JavaScript, and allow it in the Content-Security-Policy (worker-src 'self').",
      };
}
