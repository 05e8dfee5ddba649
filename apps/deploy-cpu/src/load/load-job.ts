// What the process that makes load is told, and what it tells.

export interface LoadJob {
  readonly port: number;
  /** Requests open at any time; each has a connection of its own. */
  readonly clients: number;
  readonly seconds: number;
  /**
   * Requests that begin in a second, all clients together, whether the earlier ones are answered or not; latency then
   * counts from when a request should have begun. Without it each client asks as fast as it is answered.
   */
  readonly perSecond?: number;
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
