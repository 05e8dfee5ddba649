// The processes of the model: each runs one request at a time, is killed at its deadline, and is replaced when it
// is gone. Requests wait in one bounded queue.

import type { Feeds, Session } from "@espalier/core";
import { isEspalierError } from "@espalier/ir";
import type { Log } from "../log/log.js";
import { Refusal, type RefusalCode } from "../server/refusal.js";
import type { Outputs } from "./encode-outputs.js";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

export interface PoolOptions {
  readonly size: number;
  readonly queue: number;
  /** A request waits no longer than this. */
  readonly deadlineMs: number;
  /** Starts a process with the model, whose runs end by the deadline. */
  readonly open: () => Promise<Session>;
  readonly log: Log;
}

export interface Ran {
  readonly outputs: Outputs;
  readonly waitMs: number;
  readonly runMs: number;
}

interface Job {
  readonly feeds: Feeds;
  readonly since: number;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (ran: Ran) => void;
  readonly reject: (error: Error) => void;
}

export class ModelPool {
  readonly #options: PoolOptions;
  readonly #idle: Session[] = [];
  readonly #all = new Set<Session>();
  readonly #waiting = new Set<Job>();
  /** Milliseconds of a run, smoothed: for Retry-After. */
  #runMs = 0;
  #closed = false;

  private constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Starts all processes; resolves with the first. @throws EspalierError when the model cannot be loaded */
  static async start(options: PoolOptions): Promise<ModelPool> {
    const pool = new ModelPool(options);
    pool.#join(await options.open());
    for (let i = 1; i < options.size; i++) void pool.#replace(0);
    return pool;
  }

  /** Processes that are ready or at work. */
  get ready(): number {
    return this.#all.size;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get running(): number {
    return this.#all.size - this.#idle.length;
  }

  /**
   * Runs one request. Aborting takes it out of the queue; a run that has begun ends by itself.
   * @throws Refusal `OVERLOADED`, `NOT_READY`, `TIMEOUT`, `MEMORY`, `RUN_FAILED`
   */
  run(feeds: Feeds, signal: AbortSignal): Promise<Ran> {
    const { queue, size, deadlineMs } = this.#options;
    if (this.#closed) return Promise.reject(new Refusal("STOPPING", { retryAfter: 1 }));
    if (this.#all.size === 0) return Promise.reject(new Refusal("NOT_READY", { retryAfter: 1 }));
    if (this.#idle.length === 0 && this.#waiting.size >= queue) {
      const seconds = Math.max(1, Math.ceil((queue / size) * (this.#runMs / 1000)));
      return Promise.reject(
        new Refusal("OVERLOADED", { found: `${queue} requests`, retryAfter: Math.min(60, seconds) }),
      );
    }
    return new Promise((resolve, reject) => {
      const leave = (error: Error): void => {
        if (!this.#waiting.delete(job)) return;
        clearTimeout(job.timer);
        reject(error);
      };
      const job: Job = {
        feeds,
        since: performance.now(),
        timer: setTimeout(
          () => leave(new Refusal("OVERLOADED", { found: `a wait of ${deadlineMs} ms`, retryAfter: 1 })),
          deadlineMs,
        ),
        resolve,
        reject,
      };
      this.#waiting.add(job);
      signal.addEventListener("abort", () => leave(new Refusal("BAD_REQUEST")), { once: true });
      this.#dispatch();
    });
  }

  /** Ends all processes; what runs is rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#waiting) {
      clearTimeout(job.timer);
      job.reject(new Refusal("STOPPING"));
    }
    this.#waiting.clear();
    await Promise.all([...this.#all].map((session) => session.dispose()));
  }

  #dispatch(): void {
    for (const job of this.#waiting) {
      const session = this.#nextIdle();
      if (session === undefined) return;
      this.#waiting.delete(job);
      clearTimeout(job.timer);
      void this.#work(session, job);
    }
  }

  #nextIdle(): Session | undefined {
    for (let session = this.#idle.pop(); session !== undefined; session = this.#idle.pop()) {
      if (session.alive !== false) return session;
      void this.#lose(session); // it died between two requests
    }
    return undefined;
  }

  async #lose(session: Session): Promise<void> {
    this.#all.delete(session);
    this.#options.log.event("process-lost", { ready: this.#all.size });
    await session.dispose();
    await this.#replace(FIRST_PAUSE_MS);
  }

  async #work(session: Session, job: Job): Promise<void> {
    const start = performance.now();
    try {
      const outputs = await session.run(job.feeds);
      const runMs = performance.now() - start;
      this.#runMs = this.#runMs === 0 ? runMs : 0.9 * this.#runMs + 0.1 * runMs;
      job.resolve({ outputs, waitMs: start - job.since, runMs });
    } catch (error) {
      job.reject(refusalOf(error, session.alive !== false));
    }
    if (session.alive === false) return this.#lose(session);
    this.#idle.push(session);
    this.#dispatch();
  }

  /** Starts a process in the place of one that is gone, as often as it takes. */
  async #replace(firstPauseMs: number): Promise<void> {
    let pauseMs = firstPauseMs;
    while (!this.#closed) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
      if (this.#closed) return;
      try {
        const session = await this.#options.open();
        if (this.#closed) return await session.dispose();
        return this.#join(session);
      } catch (error) {
        const code = isEspalierError(error) ? error.code : "INTERNAL";
        this.#options.log.event("process-failed-to-start", { code, ready: this.#all.size });
        pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, 2 * pauseMs));
      }
    }
  }

  #join(session: Session): void {
    this.#all.add(session);
    this.#idle.push(session);
    this.#options.log.event("process-ready", { ready: this.#all.size, of: this.#options.size });
    this.#dispatch();
  }
}

/** @param alive whether the process lives: then it is the inputs that it cannot run */
function refusalOf(error: unknown, alive: boolean): Refusal {
  if (!isEspalierError(error)) return new Refusal("INTERNAL", {}, { cause: error });
  const { found } = error.context;
  const code: RefusalCode =
    error.code === "TIMEOUT" || error.code === "MEMORY" || (error.code === "RUN_FAILED" && alive)
      ? error.code
      : "INTERNAL";
  const context = code === "INTERNAL" || found === undefined ? {} : { found };
  return new Refusal(code, code === "TIMEOUT" ? { ...context, retryAfter: 1 } : context, { cause: error });
}
