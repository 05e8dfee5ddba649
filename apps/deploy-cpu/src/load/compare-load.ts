// Serves the dense baseline and the pruned model and loads them in turn: A B, B A, A B, …, so that what the
// machine does meanwhile meets both alike. Servers and load are processes of their own.

import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { EspalierError, quoteName } from "@espalier/ir";
import type { LoadComparison, LoadedModel, LoadRound } from "@espalier/report";
import { type ChildServer, startChildServer } from "./child-server.js";
import type { LoadJob, LoadResult } from "./load-job.js";

const LOAD_MAIN = fileURLToPath(new URL("./load-main.js", import.meta.url));
/** A block ends when its last requests are answered; what takes longer has hung. */
const GRACE_MS = 60_000;
const LARGEST_SPREAD = 0.25;
/** Quantiles in the result: every half per cent. */
const QUANTILES = 201;

export interface LoadPlan {
  readonly folder: string;
  readonly body: Pick<LoadJob, "contentType" | "bodyBase64">;
  readonly clients: number;
  readonly workers: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly signal: AbortSignal;
  note(line: string): void;
}

type Side = LoadRound["model"];
type Found = Pick<LoadComparison, "clients" | "workers" | "rounds" | "dense" | "pruned" | "unstable">;

/** @throws EspalierError `UNAVAILABLE` when a server does not start; `ABORTED` */
export async function compareLoad(plan: LoadPlan): Promise<Found> {
  const { folder, workers, clients, rounds: count, seconds, note } = plan;
  const servers: ChildServer[] = [];
  try {
    for (const dense of [true, false]) servers.push(await startChildServer(folder, dense, workers));
    const [dense, pruned] = servers as [ChildServer, ChildServer];
    const ports: Readonly<Record<Side, number>> = { dense: dense.port, pruned: pruned.port };
    const results: Record<Side, LoadResult[]> = { dense: [], pruned: [] };
    const rounds: LoadRound[] = [];
    for (const side of ["dense", "pruned"] as const) await load(plan, ports[side], Math.min(1, seconds)); // warm
    for (let round = 0; round < count; round++) {
      for (const side of round % 2 === 0 ? (["dense", "pruned"] as const) : (["pruned", "dense"] as const)) {
        const result = await load(plan, ports[side], seconds);
        results[side].push(result);
        const perSecond = (result.requests - result.failed) / result.seconds;
        rounds.push({
          model: side,
          seconds: result.seconds,
          requests: result.requests,
          failed: result.failed,
          perSecond,
        });
        note(`  round ${round + 1} of ${count}, ${side}: ${perSecond.toFixed(0)} requests/s`);
        if (result.firstFailure !== null) note(`  failed: ${quoteName(result.firstFailure)}`);
      }
    }
    const spread = (side: Side): number => {
      const rates = rounds.filter(({ model }) => model === side).map(({ perSecond }) => perSecond);
      return (Math.max(...rates) - Math.min(...rates)) / quantile(rates, 0.5);
    };
    return {
      clients,
      workers,
      rounds,
      dense: together(results.dense),
      pruned: together(results.pruned),
      unstable: !(spread("dense") <= LARGEST_SPREAD && spread("pruned") <= LARGEST_SPREAD),
    };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

async function load({ body, clients, signal }: LoadPlan, port: number, seconds: number): Promise<LoadResult> {
  if (signal.aborted) throw new EspalierError("ABORTED", "The comparison was cancelled");
  const child = spawn(process.execPath, [LOAD_MAIN], {
    stdio: ["pipe", "pipe", "inherit"],
    signal,
    timeout: 1000 * seconds + GRACE_MS,
    killSignal: "SIGKILL",
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", (cause) =>
      reject(new EspalierError("ABORTED", "The comparison was cancelled", {}, { cause })),
    );
    child.once("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`the process that makes load ended with ${code}`)),
    );
  });
  const job: LoadJob = { port, clients, seconds, ...body };
  child.stdin.on("error", () => {}); // "close" tells
  child.stdin.end(JSON.stringify(job));
  const [output] = await Promise.all([text(child.stdout), ended]);
  return JSON.parse(output) as LoadResult;
}

function together(results: readonly LoadResult[]): LoadedModel {
  const sorted = Float64Array.from(results.flatMap(({ latenciesMs }) => latenciesMs)).sort();
  const sum = (of: (result: LoadResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  return {
    requests: sum(({ requests }) => requests),
    failed: sum(({ failed }) => failed),
    perSecond: quantile(
      results.map(({ requests, failed, seconds }) => (requests - failed) / seconds),
      0.5,
    ),
    p50Ms: quantileOfSorted(sorted, 0.5),
    p90Ms: quantileOfSorted(sorted, 0.9),
    p99Ms: quantileOfSorted(sorted, 0.99),
    quantilesMs: Array.from({ length: QUANTILES }, (_, i) =>
      Number(quantileOfSorted(sorted, i / (QUANTILES - 1)).toPrecision(5)),
    ),
  };
}

function quantile(values: readonly number[], p: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), p);
}

/** Linear between order statistics (type 7 of Hyndman and Fan 1996). */
function quantileOfSorted(sorted: Float64Array, p: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const low = sorted[below] as number;
  return low + ((sorted[Math.min(below + 1, sorted.length - 1)] as number) - low) * (position - below);
}
