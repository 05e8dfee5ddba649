// What the server counts: times of the answered requests, by stage; refusals by code.

import { type Quantiles, ServedTimes } from "../latency/served-times.js";
import type { RefusalCode } from "./refusal.js";

export interface Stages {
  readonly receiveMs: number;
  readonly waitMs: number;
  readonly runMs: number;
  readonly totalMs: number;
}

export class Statistics {
  readonly startedAt: number = performance.now();
  readonly total: ServedTimes = new ServedTimes();
  readonly #receive = new ServedTimes();
  readonly #wait = new ServedTimes();
  readonly #run = new ServedTimes();
  readonly #refused = new Map<RefusalCode, number>();

  served({ receiveMs, waitMs, runMs, totalMs }: Stages): void {
    const now = performance.now();
    this.total.record(totalMs, now);
    this.#receive.record(receiveMs, now);
    this.#wait.record(waitMs, now);
    this.#run.record(runMs, now);
  }

  refused(code: RefusalCode): void {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
  }

  get refusals(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#refused);
  }

  /** For /latency. */
  report(): object {
    const now = performance.now();
    const since = (times: ServedTimes): Quantiles => times.all;
    return {
      unit: "ms",
      sinceStart: { seconds: Math.round((now - this.startedAt) / 1000), ...this.total.all },
      recent: { seconds: 60, ...this.total.recent(now) },
      stages: { receive: since(this.#receive), wait: since(this.#wait), run: since(this.#run) },
      refused: this.refusals,
    };
  }
}
