// How long served requests took: since the start, and over the last minute. Node's own histogram (HDR: buckets
// of equal relative width) keeps three digits whatever the number of requests.

import { createHistogram, type RecordableHistogram } from "node:perf_hooks";

const SLOTS = 6;
const SLOT_MS = 10_000;
/** Microseconds. */
const LONGEST = 600_000_000;

/** Milliseconds; null where nothing was served. */
export interface Quantiles {
  readonly count: number;
  readonly meanMs: number | null;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
}

/** Ten seconds. */
interface Slot {
  /** Which ten seconds of the clock; -1 for none yet. */
  slot: number;
  readonly histogram: RecordableHistogram;
}

export class ServedTimes {
  readonly #all: RecordableHistogram = newHistogram();
  /** A ring: the slot of the present, and those before it. */
  readonly #recent: Slot[] = Array.from({ length: SLOTS }, () => ({
    slot: -1,
    histogram: newHistogram(),
  }));

  /** @param nowMs of a monotonic clock */
  record(ms: number, nowMs: number): void {
    const microseconds = Math.min(LONGEST, Math.max(1, Math.round(ms * 1000)));
    this.#all.record(microseconds);
    const slot = Math.floor(nowMs / SLOT_MS);
    const place = this.#recent[slot % SLOTS] as Slot;
    if (place.slot !== slot) {
      place.histogram.reset();
      place.slot = slot;
    }
    place.histogram.record(microseconds);
  }

  get all(): Quantiles {
    return quantiles(this.#all);
  }

  /** The last minute, to ten seconds. */
  recent(nowMs: number): Quantiles {
    const now = Math.floor(nowMs / SLOT_MS);
    const sum = newHistogram();
    for (const { slot, histogram } of this.#recent) {
      if (slot > now - SLOTS && slot <= now && histogram.count > 0) sum.add(histogram);
    }
    return quantiles(sum);
  }

  /** Counts by time, `perDecade` buckets to a power of ten, from the fastest request to the slowest. */
  buckets(perDecade: number): { upToMs: number; count: number }[] {
    if (this.#all.count === 0) return [];
    const index = (microseconds: number): number => Math.ceil(Math.log10(microseconds) * perDecade);
    const first = index(this.#all.min);
    const counts = new Array<number>(index(this.#all.max) - first + 1).fill(0);
    // The histogram tells quantiles only: a thousand of them stand for the requests.
    for (let i = 0; i < 1000; i++) {
      const at = index(this.#all.percentile((i + 0.5) / 10)) - first;
      counts[at] = (counts[at] ?? 0) + this.#all.count / 1000;
    }
    return counts.map((count, i) => ({ upToMs: 10 ** ((first + i) / perDecade) / 1000, count }));
  }
}

function newHistogram(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: LONGEST, figures: 3 });
}

function quantiles(histogram: RecordableHistogram): Quantiles {
  const count = histogram.count;
  const ms = (microseconds: number): number | null => (count === 0 ? null : microseconds / 1000);
  return {
    count,
    meanMs: ms(histogram.mean),
    p50Ms: ms(histogram.percentile(50)),
    p90Ms: ms(histogram.percentile(90)),
    p99Ms: ms(histogram.percentile(99)),
    maxMs: ms(histogram.max),
  };
}
