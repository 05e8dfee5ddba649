// The parent's side of one child process: starts it, sends one request at a time, kills it at the deadline,
// at an abort or when it breaks the protocol, and turns its death into an error. The parent stays alive
// whatever the child does.

import { type ChildProcess, spawn } from "node:child_process";
import { dirname } from "node:path";
import type { Readable, Writable } from "node:stream";
import { abortedError, runtimeError } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import { encodeFrame, type Frame, FrameDecoder, MAX_REPLY_BYTES } from "./frames.js";
import { type Isolation, isolatedCommand, limitProcess } from "./isolation.js";
import type { FailureReply, Request } from "./messages.js";

const START_MS = 60_000; // Node and an engine from a cold disk
const STDERR_TAIL = 4096;
const PASSED_ENVIRONMENT = [
  "PATH",
  "HOME",
  "TMPDIR",
  "TEMP",
  "TMP",
  "LANG",
  "LC_ALL",
  "LD_LIBRARY_PATH",
  "SystemRoot",
];
const OUT_OF_MEMORY = /out of memory|bad_alloc|allocation failed|heap limit|cannot allocate memory/i;

/** The program that a child runs. */
export interface ChildProgram {
  /** Its built file, which calls `serveModels`. Relative paths of models are looked up beside it. */
  readonly path: string;
  readonly arguments?: readonly string[];
  /** The error where its engine cannot be had. */
  missing(cause: unknown): Error;
}

export interface ModelProcessOptions {
  readonly program: ChildProgram;
  readonly isolation: Isolation;
  /** Address space beyond what the process takes before it sees the model. */
  readonly memoryBytes: number;
  readonly threads: number;
  /** Wall time of one request, unless the request says otherwise. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

interface Pending {
  readonly stage: "start" | "load" | "run";
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

const alive = new Set<ChildProcess>();

function killAll(): void {
  for (const child of alive) child.kill("SIGKILL");
}

export class ModelProcess {
  readonly #options: ModelProcessOptions;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #pending: Pending | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #stderr = "";
  /** Set once it is over: what every later request gets. */
  #ended: Error | null = null;
  #cpuMs = 0;
  #cpuGrantMs = 0;
  /** Peak resident memory before the model came. */
  basePeakBytes = 0;

  private constructor(options: ModelProcessOptions) {
    this.#options = options;
    const { path, arguments: rest = [] } = options.program;
    const [command, ...args] = isolatedCommand(options.isolation, [process.execPath, path, ...rest]);
    const child = spawn(command, args, {
      // ONNX Runtime looks in the working folder for external data that the model names: here is only code.
      cwd: dirname(path),
      env: Object.fromEntries(PASSED_ENVIRONMENT.map((name) => [name, process.env[name]])),
      stdio: ["pipe", "ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    this.#child = child;
    if (alive.size === 0) process.on("exit", killAll);
    alive.add(child);
    this.#exited = new Promise((resolve) => {
      child.once("error", (error) => {
        if (child.pid === undefined) resolve(this.#over(null, null, error));
      });
      child.once("close", (code, signal) => resolve(this.#over(code, signal)));
    });
    child.stdin?.on("error", () => {}); // it died: "close" tells why
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString("latin1")).slice(-STDERR_TAIL);
    });
    const decoder = new FrameDecoder(MAX_REPLY_BYTES);
    this.#replies.on("error", () => {});
    this.#replies.on("data", (chunk: Buffer) => {
      try {
        for (const frame of decoder.push(chunk)) this.#receive(frame);
      } catch (error) {
        this.#kill(
          new EspalierError(
            "RUN_FAILED",
            "The process of the model broke its protocol",
            {},
            { cause: error },
          ),
        );
      }
    });
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Starts a child and waits until its engine is loaded and the limits are set. */
  static async start(options: ModelProcessOptions): Promise<ModelProcess> {
    if (options.signal?.aborted) throw abortedError(options.signal);
    const model = new ModelProcess(options);
    try {
      const ready = await model.#expect("start", START_MS, null);
      const base = ready.header.addressSpaceBytes;
      model.basePeakBytes = Number(ready.header.peakBytes);
      if (typeof base === "number" && model.#child.pid !== undefined) {
        await limitProcess(options.isolation, model.#child.pid, {
          addressSpaceBytes: base + options.memoryBytes,
          // With it, for the first request: a process of many megabytes takes long to start another one.
          ...model.#cpuGrant(options.timeoutMs),
        });
      }
    } catch (error) {
      await model.close();
      throw error;
    }
    model.#hold(false);
    return model;
  }

  /** Sends a request and gives its reply. Requests queue up. */
  request(
    request: Request,
    buffers: readonly Uint8Array[] = [],
    deadlineMs: number = this.#options.timeoutMs,
  ): Promise<Frame> {
    const reply = this.#queue.then(async () => {
      if (this.#ended !== null) throw this.#ended;
      this.#hold(true);
      try {
        const { pid } = this.#child;
        const grant = this.#cpuGrant(deadlineMs);
        if (pid !== undefined && grant !== null) await limitProcess(this.#options.isolation, pid, grant);
        return await this.#expect(request.type === "load" ? "load" : "run", deadlineMs, {
          header: { ...request },
          buffers,
        });
      } finally {
        this.#hold(false);
      }
    });
    this.#queue = reply.catch(() => {});
    return reply;
  }

  /** Whether a request could still be answered. */
  get alive(): boolean {
    return this.#ended === null;
  }

  /** Ends the process; a running request is rejected. */
  async close(): Promise<void> {
    this.#kill(new Error("The session is disposed"));
    this.#hold(true); // what is awaited must keep this process alive
    await this.#exited;
  }

  get #replies(): Readable {
    return this.#child.stdio[3] as Readable;
  }

  async #expect(stage: Pending["stage"], deadlineMs: number, frame: Frame | null): Promise<Frame> {
    const chunks = frame === null ? [] : encodeFrame(frame);
    return new Promise((resolve, reject) => {
      if (this.#ended !== null) return reject(this.#ended);
      const timer = setTimeout(() => this.#kill(timeoutError(stage, deadlineMs)), deadlineMs);
      this.#pending = { stage, resolve, reject, timer };
      for (const chunk of chunks) (this.#child.stdin as Writable).write(chunk);
    });
  }

  #receive(frame: Frame): void {
    const pending = this.#pending;
    if (pending === null) throw new Error("a reply that nobody asked for");
    this.#pending = null;
    clearTimeout(pending.timer);
    if (typeof frame.header.cpuMs === "number") this.#cpuMs = frame.header.cpuMs;
    if (frame.header.type === "failure")
      pending.reject(failureError(frame.header as never, this.#options.program));
    else pending.resolve(frame);
  }

  /** CPU time is granted anew when what is left could run out before the deadline does; null while it could not. */
  #cpuGrant(deadlineMs: number): { readonly cpuSeconds: number } | null {
    const needed = deadlineMs * (this.#options.threads + 1);
    if (this.#cpuGrantMs - this.#cpuMs >= needed) return null;
    this.#cpuGrantMs = this.#cpuMs + 2 * needed;
    return { cpuSeconds: this.#cpuGrantMs / 1000 + 1 };
  }

  readonly #onAbort = (): void => {
    this.#kill(abortedError(this.#options.signal));
  };

  #kill(reason: Error): void {
    this.#ended ??= reason;
    this.#child.kill("SIGKILL");
  }

  #over(code: number | null, signal: NodeJS.Signals | null, spawnError?: Error): void {
    alive.delete(this.#child);
    if (alive.size === 0) process.off("exit", killAll);
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    const pending = this.#pending;
    this.#pending = null;
    this.#ended ??= deathError(pending?.stage ?? "run", code, signal, this.#stderr, spawnError);
    if (pending === null) return;
    clearTimeout(pending.timer);
    pending.reject(this.#ended);
  }

  /** An idle child does not keep this process alive; a working one does. */
  #hold(busy: boolean): void {
    const handles = [this.#child, this.#child.stdin, this.#child.stderr, this.#replies];
    for (const handle of handles as { ref?(): void; unref?(): void }[]) {
      if (busy) handle.ref?.();
      else handle.unref?.();
    }
  }
}

/** What the child said makes no sense: a model may have got hold of it. */
export function protocolError(cause: unknown): EspalierError {
  return new EspalierError("RUN_FAILED", "The process of the model broke its protocol", {}, { cause });
}

function timeoutError(stage: Pending["stage"], deadlineMs: number): Error {
  if (stage === "start") {
    return new EspalierError("UNAVAILABLE", `A child process was not ready after ${deadlineMs / 1000} s`);
  }
  const what = stage === "load" ? "Loading the model" : "Running the model";
  return new EspalierError("TIMEOUT", `${what} took longer than ${deadlineMs / 1000} s and was stopped`, {
    unblock: "If you trust the model, raise the time limit.",
  });
}

function failureError(reply: FailureReply, program: ChildProgram): Error {
  const message = String(reply.message);
  if (reply.kind === "runtime-missing") return program.missing(new Error(message));
  return runtimeError(
    reply.kind === "memory" ? "MEMORY" : reply.kind === "refused" ? "NOT_RUNNABLE" : "RUN_FAILED",
    message,
  );
}

function deathError(
  stage: Pending["stage"],
  code: number | null,
  signal: NodeJS.Signals | null,
  stderr: string,
  spawnError?: Error,
): Error {
  const how = spawnError?.message ?? (signal === null ? `ended with status ${code}` : `ended by ${signal}`);
  if (stage === "start") {
    return new EspalierError("UNAVAILABLE", "A child process cannot be started", {
      found: `${how}: ${stderr.trim()}`,
    });
  }
  if (signal === "SIGXCPU") return runtimeError("TIMEOUT", "the CPU time ran out");
  // A SIGKILL that is not ours is the kernel's, short of memory.
  if (signal === "SIGKILL" || OUT_OF_MEMORY.test(stderr)) return runtimeError("MEMORY", how);
  return runtimeError(
    stage === "load" ? "NOT_RUNNABLE" : "RUN_FAILED",
    `the process ${how}. ${stderr.trim()}`,
  );
}
