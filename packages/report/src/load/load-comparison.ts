// What a comparison under load found: the dense baseline and the pruned model, served in turn.

/** One block of load on one model. */
export interface LoadRound {
  readonly model: "dense" | "pruned";
  readonly seconds: number;
  readonly requests: number;
  readonly failed: number;
  readonly perSecond: number;
}

/** All blocks of one model together; milliseconds as the client saw them. */
export interface LoadedModel {
  readonly requests: number;
  readonly failed: number;
  /** Median over the blocks. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  /** Latencies at 0, 0.5, 1, … 100 per cent: the picture. */
  readonly quantilesMs: readonly number[];
}

export interface LoadComparison {
  readonly schema: 1;
  readonly createdAt: string;
  readonly command: readonly string[];
  /** Requests that were open at any time. */
  readonly clients: number;
  /** Processes of the model behind the server, one thread each. */
  readonly workers: number;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  /** Digest of the request's body, which was the same every time. */
  readonly requestSha256: string;
  /** In the order they were run. */
  readonly rounds: readonly LoadRound[];
  readonly dense: LoadedModel;
  readonly pruned: LoadedModel;
  /** (largest − smallest)/median of the blocks' requests per second is above a quarter on a side: no verdict. */
  readonly unstable: boolean;
}
