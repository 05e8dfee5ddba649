// What all parts of one reading share: limits, the source of external data, cancellation, the symbols handed out.

import { EspalierError } from "../errors.js";
import type { Limits } from "../limits.js";
import type { DimSymbols } from "./dim-symbols.js";
import type { ExternalRanges } from "./external-data.js";

const ITEMS_PER_CHECK = 4096;

interface ReadContextInit {
  readonly limits: Limits;
  readonly ranges: ExternalRanges;
  readonly symbols: DimSymbols;
  readonly signal: AbortSignal | undefined;
  /** Set while reading what is passed through as it is, and so could not be given another external file. */
  readonly passedThrough?: string;
}

export class ReadContext {
  readonly limits: Limits;
  readonly symbols: DimSymbols;
  readonly #init: ReadContextInit;
  #items = 0;

  constructor(init: ReadContextInit) {
    this.limits = init.limits;
    this.symbols = init.symbols;
    this.#init = init;
  }

  /** The ranges to claim external data from, for the tensor of `value`. */
  ranges(value: string): ExternalRanges {
    const { passedThrough } = this.#init;
    if (passedThrough === undefined) return this.#init.ranges;
    throw new EspalierError("UNSUPPORTED", `External data inside ${passedThrough}`, { value });
  }

  /** For checking what is only passed through (`what` says what that is). */
  passingThrough(what: string): ReadContext {
    return new ReadContext({ ...this.#init, passedThrough: what });
  }

  /** Called once per node, tensor or value; looks at the signal now and then. */
  tick(): void {
    if (++this.#items % ITEMS_PER_CHECK === 0) throwIfAborted(this.#init.signal);
  }
}

/** @throws EspalierError `ABORTED` */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new EspalierError("ABORTED", "Reading was cancelled", {}, { cause: signal.reason });
}
