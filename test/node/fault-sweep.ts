// Makes every system call of a command that touches a folder fail, one after another, with strace: with an
// error, or by killing the command in front of it. What must hold then is the caller's to check.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Path of strace where it is there and may trace; empty otherwise. */
export const strace: string = findUsable(process.env.ESPALIER_STRACE ?? "");

export type Fault = "ENOSPC" | "EIO" | "KILL";

export interface FaultSweep {
  readonly command: readonly [string, ...string[]];
  /** Calls that name anything in here, or a descriptor of it, are the ones that fail. */
  readonly folder: string;
  /** @default every call by which output gets onto the disk */
  readonly syscalls?: readonly string[];
  /** @default all three */
  readonly faults?: readonly Fault[];
  /**
   * One fault a call, in turn, instead of every fault at every call: a third of the time, and no call left out.
   *
   * @default unless ESPALIER_FAULTS is "all"
   */
  readonly inTurn?: boolean;
  /**
   * Traces the main thread alone. strace counts the calls of each thread apart and injects into every one that
   * gets as far, so a command that works in several threads or processes is hit where it writes only so.
   */
  readonly mainThreadOnly?: boolean;
  /** Makes the state from which every run starts. */
  readonly prepare: () => void;
  /** Throws when a promise is broken. */
  readonly check: (run: FaultyRun) => void;
}

export interface FaultyRun {
  readonly fault: Fault;
  /** The call that failed, as strace prints it. */
  readonly call: string;
  /** Whether it touched the folder; a call counted alike in another thread may be hit first. */
  readonly hit: boolean;
  /** null when it was killed. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const WRITE_PATH = [
  "openat",
  "mkdir",
  "write",
  "pwrite64",
  "ftruncate",
  "fsync",
  "fdatasync",
  "close",
].concat(
  ["rename", "link", "symlink", "unlink", "unlinkat", "rmdir", "chmod", "fchmod"],
  ["utimensat", "copy_file_range"],
);

/**
 * On a busy machine threads wake each other through other writes than before, so another `write` may be the one that is
 * counted; other calls come alike in every run.
 */
const TRIES = 8;

/** A line of strace: the thread, where several are traced, and the call. */
const CALL = /^(?:(\d+) +)?(\w+)\(/;

interface Call {
  readonly syscall: string;
  /** How often its thread had made this call, itself included: what strace counts. */
  readonly ordinal: number;
}

/** @returns how many calls there are, how many runs there were, and in how many the fault hit the folder */
export function sweepFaults(sweep: FaultSweep): { calls: number; runs: number; hits: number } {
  const { faults = ["ENOSPC", "EIO", "KILL"], syscalls = WRITE_PATH, mainThreadOnly = false } = sweep;
  const { inTurn = process.env.ESPALIER_FAULTS !== "all" } = sweep;
  const log = join(mkdtempSync(join(tmpdir(), "espalier-strace-")), "log");
  const trace = (extra: readonly string[]) => {
    const result = spawnSync(
      strace,
      [
        ...(mainThreadOnly ? [] : ["-f"]),
        "-y",
        "-qq",
        "-o",
        log,
        "-e",
        `trace=${syscalls.map((name) => `?${name}`).join()}`,
        ...extra,
        "--",
      ].concat(sweep.command),
      // One thread for files, so that calls are counted alike in every run.
      { encoding: "utf8", env: { ...process.env, UV_THREADPOOL_SIZE: "1" } },
    );
    return { ...result, lines: readFileSync(log, "utf8").split("\n") };
  };
  try {
    sweep.prepare();
    const clean = trace([]);
    if (clean.status !== 0) throw new Error(`without any fault: status ${clean.status}\n${clean.stderr}`);
    const calls = callsIn(clean.lines, sweep.folder);
    let [runs, hits] = [0, 0];
    for (const [i, { syscall, ordinal }] of calls.entries()) {
      for (const fault of inTurn ? [faults[i % faults.length] as Fault] : faults) {
        runs += 1;
        const how = fault === "KILL" ? "signal=KILL" : `error=${fault}`;
        for (let hit = false, tries = 0; !hit && tries < TRIES; tries++) {
          sweep.prepare();
          const { lines, status, stdout, stderr } = trace(["-e", `inject=${syscall}:${how}:when=${ordinal}`]);
          const call = failedCall(lines, sweep.folder, fault);
          hit = call.includes(sweep.folder);
          if (hit) hits += 1;
          sweep.check({ fault, call: `${syscall} ${ordinal}: ${call}`, hit, status, stdout, stderr });
        }
      }
    }
    return { calls: calls.length, runs, hits };
  } finally {
    rmSync(join(log, ".."), { recursive: true });
  }
}

/** Each distinct (call, ordinal) that touches the folder. */
function callsIn(lines: readonly string[], folder: string): Call[] {
  const counts = new Map<string, number>();
  const calls = new Map<string, Call>();
  for (const line of lines) {
    const [, thread = "", syscall] = CALL.exec(line) ?? [];
    if (syscall === undefined) continue;
    const ordinal = (counts.get(`${thread} ${syscall}`) ?? 0) + 1;
    counts.set(`${thread} ${syscall}`, ordinal);
    if (line.includes(folder)) calls.set(`${syscall} ${ordinal}`, { syscall, ordinal });
  }
  return [...calls.values()];
}

/** strace marks injected errors; a kill shows as the last call of the thread. */
function failedCall(lines: readonly string[], folder: string, fault: Fault): string {
  if (fault !== "KILL") {
    const injected = lines.filter((line) => line.includes("(INJECTED)"));
    return injected.find((line) => line.includes(folder)) ?? injected[0] ?? "none";
  }
  return lines.findLast((line) => CALL.test(line)) ?? "none";
}

function findUsable(path: string): string {
  return path !== "" && spawnSync(path, ["-qq", "-o", "/dev/null", "true"]).status === 0 ? path : "";
}
