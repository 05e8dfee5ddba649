// A server of this program in a process of its own, for comparisons.

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { EspalierError } from "@espalier/ir";

const MAIN = fileURLToPath(new URL("../main.js", import.meta.url));
const START_MS = 60_000;

export interface ChildServer {
  readonly port: number;
  /** Asks it to stop and gives its exit code. */
  stop(): Promise<number | null>;
}

export function startChildServer(folder: string, dense: boolean, workers: number): Promise<ChildServer> {
  const args = [MAIN, "serve", folder, "--port", "0", "--workers", String(workers)];
  const child = spawn(process.execPath, dense ? [...args, "--dense"] : args, {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  const killed = (): void => void child.kill("SIGKILL");
  process.once("exit", killed);
  const stop = async (): Promise<number | null> => {
    child.kill("SIGTERM");
    const code = await exited;
    process.off("exit", killed);
    return code;
  };
  return new Promise((resolve, reject) => {
    let last = "";
    const fail = (found: string): void => {
      child.kill("SIGKILL");
      reject(new EspalierError("UNAVAILABLE", "The server does not start", { found }));
    };
    const timer = setTimeout(() => fail(`nothing after ${START_MS / 1000} s`), START_MS);
    child.once("close", () => fail(last));
    linesOf(child, (line) => {
      last = line;
      const port = portIn(line);
      if (port === null) return;
      clearTimeout(timer);
      resolve({ port, stop });
    });
  });
}

function linesOf({ stderr }: ChildProcess, onLine: (line: string) => void): void {
  if (stderr !== null) createInterface({ input: stderr }).on("line", onLine);
}

/** The port in the line that says it listens; null for other lines. */
function portIn(line: string): number | null {
  if (!line.startsWith("{")) return null;
  const { event, port } = JSON.parse(line) as { event?: unknown; port?: unknown };
  return event === "listening" && typeof port === "number" ? port : null;
}
