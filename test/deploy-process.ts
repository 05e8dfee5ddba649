// The built deploy programs as their users start them. Build first.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Ended } from "./cli-process.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
export const DIGITS: string = join(ROOT, "apps/cli/models/digits.onnx");
export const SAMPLES: readonly string[] = ["3", "5", "8"].map((digit) =>
  join(ROOT, `apps/deploy-web/samples/${digit}.png`),
);

export type DeployProgramName = "deploy-web" | "deploy-tflite";

function mainOf(program: DeployProgramName): string {
  return join(ROOT, `apps/${program}/dist/main.js`);
}

export function runDeploy(program: DeployProgramName, ...args: string[]): Ended {
  const { INIT_CWD: _, ...env } = process.env;
  return spawnSync(process.execPath, [mainOf(program), ...args], {
    encoding: "utf8",
    env: { ...env, NO_COLOR: "1" },
  });
}

/** Deploys the digits with their samples, proven without a browser, without timings. */
export function deployDigitsBy(program: DeployProgramName, out: string, ...more: string[]): Ended {
  const samples = SAMPLES.flatMap((path) => ["--sample", path]);
  const options = ["--ratio", "0.25", "--step", "4", "--no-browser", ...samples];
  return runDeploy(program, DIGITS, "--out", out, ...options, ...more);
}

export interface ServedPages {
  /** With a "/" at the end. */
  readonly url: string;
  /** What it has said on stderr. */
  readonly log: () => string;
  /** Ends it with SIGTERM; gives its exit code. */
  stop(): Promise<number | null>;
}

/** Starts `serve` on any port and waits until it listens. */
export async function serveBy(
  program: DeployProgramName,
  folder: string,
  ...options: string[]
): Promise<ServedPages> {
  const child = spawn(process.execPath, [mainOf(program), "serve", folder, "--port", "0", ...options], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (text) => {
    log += text;
  });
  const exited = once(child, "close");
  const first = await Promise.race([once(child.stdout, "data"), exited.then(() => null)]);
  if (first === null) throw new Error(`the server did not start: ${log}`);
  return {
    url: String(first[0]).trim(),
    log: () => log,
    async stop() {
      child.kill("SIGTERM");
      const [code] = await exited;
      return code as number | null;
    },
  };
}
