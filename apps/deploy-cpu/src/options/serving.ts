// How to serve: where, with how many processes, within which limits.

import { availableParallelism } from "node:os";
import { collect, wholeNumber } from "@espalier/deploy";
import type { Command } from "commander";
import { SERVER_LIMITS, type ServerLimits } from "../server/limits.js";

export interface ServingFlags {
  readonly host: string;
  readonly port: number;
  readonly name?: readonly string[];
  readonly anyName?: true;
  readonly workers: number;
  readonly dense?: true;
  readonly queue: number;
  readonly maxBody: number;
  readonly maxBatch: number;
  readonly deadlineMs: number;
  readonly headersMs: number;
  readonly requestMs: number;
  readonly silenceMs: number;
  readonly idleMs: number;
  readonly connections: number;
}

export function addServingOptions(command: Command): Command {
  const limits = SERVER_LIMITS;
  const positive = wholeNumber(1, 2 ** 31 - 1);
  return command
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <n>", "port to listen on; 0 for any", wholeNumber(0, 65_535), 8080)
    .option("--name <host>", "a name that clients may call the server by (repeatable)", collect)
    .option("--any-name", "take requests whatever name they call the server by")
    .option(
      "--workers <n>",
      "processes of the model, one thread each",
      wholeNumber(1, 1024),
      availableParallelism(),
    )
    .option("--dense", "serve the dense baseline instead of the pruned model")
    .option("--queue <n>", "requests that may wait", positive, limits.queue)
    .option("--max-body <bytes>", "largest request", positive, limits.bodyBytes)
    .option("--max-batch <n>", "largest batch where the model leaves it free", positive, limits.batch)
    .option("--deadline-ms <n>", "longest run of the model", positive, limits.deadlineMs)
    .option("--headers-ms <n>", "headers must arrive within", positive, limits.headersMs)
    .option("--request-ms <n>", "a request must arrive within", positive, limits.requestMs)
    .option("--silence-ms <n>", "longest pause inside a body", positive, limits.silenceMs)
    .option("--idle-ms <n>", "longest pause between requests", positive, limits.idleMs)
    .option("--connections <n>", "connections open at a time", positive, limits.connections);
}

export function serverLimits(flags: ServingFlags): ServerLimits {
  return {
    ...SERVER_LIMITS,
    queue: flags.queue,
    bodyBytes: flags.maxBody,
    batch: flags.maxBatch,
    deadlineMs: flags.deadlineMs,
    headersMs: Math.min(flags.headersMs, flags.requestMs),
    requestMs: flags.requestMs,
    silenceMs: flags.silenceMs,
    idleMs: flags.idleMs,
    connections: flags.connections,
  };
}
