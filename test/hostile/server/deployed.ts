// The built program as its users start it: deploys, serves, loads. Runs dist/, so build first.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";

const ROOT = process.cwd().endsWith("/test") ? join(process.cwd(), "..") : process.cwd();
const MAIN = join(ROOT, "apps/deploy-cpu/dist/main.js");
export const CLI: string = join(ROOT, "apps/cli/dist/main.js");
export const DIGITS: string = join(ROOT, "apps/cli/models/digits.onnx");
const LOAD_MAIN = join(ROOT, "apps/deploy-cpu/dist/load/load-main.js");

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function deployCpu(...args: string[]): Ended {
  const { INIT_CWD: _, ...env } = process.env;
  return spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8", env: { ...env, NO_COLOR: "1" } });
}

export interface Served {
  readonly port: number;
  readonly pid: number;
  /** Lines of its log, as they come. */
  readonly log: string[];
  /** Resolves with the exit code, null after a signal that it did not handle. */
  readonly exited: Promise<number | null>;
  stop(): Promise<number | null>;
}

/** Starts `serve` on any port and waits until it listens. */
export async function serve(folder: string, ...options: readonly string[]): Promise<Served> {
  const child = spawn(process.execPath, [MAIN, "serve", folder, "--port", "0", ...options], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const log: string[] = [];
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  const port = await Promise.race([listening(child, log), exited]);
  if (typeof port !== "number" || child.pid === undefined || child.exitCode !== null)
    throw new Error(`the server did not start: ${log.join("\n")}`);
  return {
    port,
    pid: child.pid,
    log,
    exited,
    stop: () => {
      child.kill("SIGTERM");
      return exited;
    },
  };
}

function listening({ stderr }: ChildProcess, log: string[]): Promise<number> {
  return new Promise((resolve) => {
    if (stderr === null) return;
    createInterface({ input: stderr }).on("line", (line) => {
      log.push(line);
      if (!line.startsWith("{")) return;
      const { event, port } = JSON.parse(line) as { event: string; port?: number };
      if (event === "listening" && port !== undefined) resolve(port);
    });
  });
}

export interface Loaded {
  readonly requests: number;
  readonly failed: number;
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
  readonly firstFailure: string | null;
}

/** Load from a process of its own: `clients` requests open at any time, or so many begun in a second. */
export async function load(
  port: number,
  clients: number,
  seconds: number,
  body: Uint8Array,
  perSecond?: number,
): Promise<Loaded> {
  const child = spawn(process.execPath, [LOAD_MAIN], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(
    JSON.stringify({
      port,
      clients,
      seconds,
      perSecond,
      contentType: "application/octet-stream",
      bodyBase64: Buffer.from(body).toString("base64"),
    }),
  );
  return JSON.parse(await text(child.stdout)) as Loaded;
}
