// What this machine offers to keep a child process within bounds: prlimit (address space, CPU time) and
// setpriv (dies with its parent), both of util-linux. Without them a child still dies at its deadline,
// but has no memory ceiling, and outlives a killed parent while it is inside native code.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface Isolation {
  readonly prlimit: string | null;
  readonly setpriv: string | null;
}

export function findIsolation(): Isolation {
  if (process.platform !== "linux") return { prlimit: null, setpriv: null };
  return { prlimit: onPath("prlimit"), setpriv: onPath("setpriv") };
}

/** The command line that runs `command` so that it dumps no core and dies with this process. */
export function isolatedCommand(isolation: Isolation, command: readonly string[]): [string, ...string[]] {
  const limited = isolation.prlimit === null ? [] : [isolation.prlimit, "--core=0", "--"];
  const bound = isolation.setpriv === null ? [] : [isolation.setpriv, "--pdeathsig", "KILL", "--nnp", "--"];
  return [...bound, ...limited, ...command] as [string, ...string[]];
}

/**
 * Sets limits of a running child; soft limits, so that CPU time can be granted again.
 *
 * @returns whether they hold
 */
export function limitProcess(
  isolation: Isolation,
  pid: number,
  limits: { readonly addressSpaceBytes?: number; readonly cpuSeconds?: number },
): Promise<boolean> {
  const { prlimit } = isolation;
  if (prlimit === null) return Promise.resolve(false);
  const args = [`--pid=${pid}`];
  if (limits.addressSpaceBytes !== undefined) args.push(`--as=${Math.ceil(limits.addressSpaceBytes)}:`);
  if (limits.cpuSeconds !== undefined) args.push(`--cpu=${Math.ceil(limits.cpuSeconds)}:`);
  return new Promise((resolve) => execFile(prlimit, args, (error) => resolve(error === null)));
}

function onPath(name: string): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}
