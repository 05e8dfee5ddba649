// What the process that makes load is told, and what it tells.

export interface LoadJob {
  readonly port: number;
  /** Requests open at any time; each has a connection of its own. */
  readonly clients: number;
  readonly seconds: number;
  readonly contentType: string;
  readonly bodyBase64: string;
}

export interface LoadResult {
  readonly requests: number;
  readonly failed: number;
  readonly seconds: number;
  /** One for every request that did not fail, in milliseconds. */
  readonly latenciesMs: readonly number[];
  /** The first failure, in words. */
  readonly firstFailure: string | null;
}
