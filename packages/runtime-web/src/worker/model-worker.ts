// The page's side of one worker: starts it, sends one request at a time, ends it at the deadline or at an
// abort, and turns its failures into errors. Ending a worker is the only way to stop a model and to get its
// memory back.

import { abortedError, escapeMessage, runtimeError } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import type { EngineSettings, FailureReply, Message, MessageArray, Reply, Request } from "./messages.js";
import type { WorkerLike } from "./worker-like.js";

/** Includes the download of the engine. */
const START_MS = 120_000;

export interface ModelWorkerOptions {
  readonly startWorker: () => WorkerLike;
  readonly settings: EngineSettings;
  /** Wall time of one request, unless the request says otherwise; null for no deadline. */
  readonly timeoutMs: number | null;
  readonly signal?: AbortSignal | undefined;
}

export type ReplyTo<T extends Reply["type"]> = Extract<Reply, { readonly type: T }>;

interface Pending {
  readonly stage: "start" | "load" | "run";
  readonly resolve: (reply: Message<Reply>) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout> | undefined;
}

export class ModelWorker {
  readonly #options: ModelWorkerOptions;
  readonly #worker: WorkerLike;
  #pending: Pending | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  /** Set once it is over: what every later request gets. */
  #ended: Error | null = null;
  /** Time to load the engine, and its memory before the model came. */
  startMs = 0;
  baseBytes = 0;

  private constructor(options: ModelWorkerOptions) {
    this.#options = options;
    this.#worker = options.startWorker();
    this.#worker.addEventListener("message", ({ data }) => this.#receive(data));
    this.#worker.addEventListener("error", ({ message }) => this.#end(workerError(this.#pending, message)));
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /**
   * Starts a worker and waits until its engine computes.
   *
   * @throws EspalierError `UNAVAILABLE` naming the file that did not load, or what the browser lacks
   */
  static async start(options: ModelWorkerOptions): Promise<ModelWorker> {
    if (options.signal?.aborted) throw abortedError(options.signal);
    const worker = ModelWorker.#open(options);
    try {
      const { header } = await worker.request(
        "started",
        { type: "start", settings: options.settings },
        [],
        START_MS,
      );
      worker.startMs = header.startMs;
      worker.baseBytes = header.memoryBytes;
      return worker;
    } catch (error) {
      worker.close();
      throw error;
    }
  }

  /** A browser also refuses a script at once: one from another origin, for one. */
  static #open(options: ModelWorkerOptions): ModelWorker {
    try {
      return new ModelWorker(options);
    } catch (error) {
      throw workerError(null, error instanceof Error ? error.message : String(error));
    }
  }

  /** Sends a request and gives its reply. Requests queue up; the views in `arrays` are copied. */
  request<T extends Reply["type"]>(
    expected: T,
    request: Request,
    arrays: readonly MessageArray[] = [],
    deadlineMs: number | null = this.#options.timeoutMs,
  ): Promise<Message<ReplyTo<T>>> {
    const reply = this.#queue.then(async () => {
      const { header, arrays: answered } = await this.#expect(request, arrays, deadlineMs);
      if (header.type !== expected) throw new Error(`a worker answered "${header.type}", not "${expected}"`);
      return { header: header as ReplyTo<T>, arrays: answered };
    });
    this.#queue = reply.catch(() => {});
    return reply;
  }

  /** Ends the worker; a running request is rejected. */
  close(): void {
    this.#end(new Error("The session is disposed"));
  }

  #expect(
    request: Request,
    arrays: readonly MessageArray[],
    deadlineMs: number | null,
  ): Promise<Message<Reply>> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== null) return reject(this.#ended);
      const copies = arrays.map((array) => array.slice()); // of the views alone, whatever they are views of
      const stage = request.type === "start" || request.type === "load" ? request.type : "run";
      const timer =
        deadlineMs === null
          ? undefined
          : setTimeout(() => this.#end(timeoutError(stage, deadlineMs)), deadlineMs);
      this.#pending = { stage, resolve, reject, timer };
      this.#worker.postMessage(
        { header: request, arrays: copies },
        copies.map(({ buffer }) => buffer),
      );
    });
  }

  #receive(reply: Message<Reply>): void {
    const pending = this.#pending;
    if (pending === null) return; // it ended meanwhile
    this.#pending = null;
    clearTimeout(pending.timer);
    if (reply.header.type === "failure") pending.reject(failureError(reply.header));
    else pending.resolve(reply);
  }

  readonly #onAbort = (): void => this.#end(abortedError(this.#options.signal));

  #end(reason: Error): void {
    if (this.#ended !== null) return;
    this.#ended = reason;
    this.#worker.terminate();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    const pending = this.#pending;
    this.#pending = null;
    clearTimeout(pending?.timer);
    pending?.reject(reason);
  }
}

function timeoutError(stage: Pending["stage"], deadlineMs: number): Error {
  if (stage === "start") {
    return new EspalierError("UNAVAILABLE", `The engine was not loaded after ${deadlineMs / 1000} s`);
  }
  const what = stage === "load" ? "Loading the model" : "Running the model";
  return new EspalierError("TIMEOUT", `${what} took longer than ${deadlineMs / 1000} s and was stopped`, {
    unblock: "If you trust the model, raise the time limit.",
  });
}

function failureError(reply: FailureReply): Error {
  switch (reply.kind) {
    case "engine":
      return engineError(reply);
    case "memory":
      return runtimeError("MEMORY", reply.message);
    case "refused":
      return runtimeError("NOT_RUNNABLE", reply.message);
    case "failed":
      return runtimeError("RUN_FAILED", reply.message);
  }
}

/** The engine did not start: a file that is not what it should be, or what the browser refuses. */
function engineError({ asset, message }: FailureReply): Error {
  if (asset !== undefined) {
    return new EspalierError(
      "UNAVAILABLE",
      `The engine cannot be loaded: got ${asset.found}, not ${asset.expected}, from ${asset.url}`,
      {
        found: escapeMessage(message),
        unblock: `Serve onnxruntime-web's ${asset.expected} file at ${asset.url}, or say where it lies with the option "assets".`,
      },
    );
  }
  return new EspalierError("UNAVAILABLE", "The engine cannot be started", {
    found: escapeMessage(message),
    unblock: /content security policy/i.test(message)
      ? "Allow the page 'wasm-unsafe-eval' in script-src and 'self' in connect-src."
      : /adapter|webgpu/i.test(message)
        ? 'This browser gives no WebGPU adapter; the engine "wasm" needs none.'
        : "A browser with WebAssembly SIMD and shared memory is needed: Chrome 91, Firefox 89, Safari 16.4 or newer.",
  });
}

function workerError(pending: Pending | null, message: string | undefined): Error {
  const found = message ? { found: escapeMessage(message) } : {};
  if (pending !== null && pending.stage !== "start") {
    return new EspalierError("RUN_FAILED", "The worker of the model broke down", found);
  }
  return new EspalierError("UNAVAILABLE", "The worker's script cannot be loaded", {
    ...found,
    unblock:
      "Serve it from the page's own origin, allow it in the page's Content-Security-Policy (worker-src 'self'), or hand in a worker with the option \"worker\".",
  });
}
