// Times files one after another in one child process. What counts is the time that the child computes: the interpreters
// have one thread in Node, and what else a machine does is no part of what a file costs.

import { median, type TfliteTimer, type TfliteTimerOptions, type TimeRuns } from "@espalier/core";
import type { Isolation } from "@espalier/runtime-node/child";
import { readTflite } from "@espalier/tflite";
import type { TfliteEngineName } from "../engine/engine-name.js";
import { defaultMemoryBytes } from "../memory-default.js";
import { portsOf } from "../model-ports.js";
import { NodeChild } from "./node-child.js";

const DEADLINE_MS = 60_000;
/** Once, for the engine: until then its code may still be that of the fast compiler. */
const WARM_UP = { ms: 1500, mostRuns: 5000 };
/** The clock has whole microseconds. */
const SAMPLE_MS = 0.2;
const FIRST_RUNS = 5;

/** The child starts with the first file, and anew for one that needs more memory or after one that ended it. */
export function openNodeTimer(
  { threads: _, ...options }: TfliteTimerOptions,
  engine: TfliteEngineName,
  isolation: Isolation,
): TfliteTimer {
  let open: { readonly child: NodeChild; readonly memoryBytes: number } | null = null;
  const close = async (): Promise<void> => {
    const former = open;
    open = null;
    await former?.child.close();
  };
  return {
    async load(model, feeds) {
      const ports = portsOf(readTflite(model));
      const memoryBytes = options.memoryBytes ?? defaultMemoryBytes(model);
      if (open !== null && (!open.child.process.alive || memoryBytes > open.memoryBytes)) await close();
      const cold = open === null;
      open ??= {
        child: await NodeChild.start(memoryBytes, { timeoutMs: DEADLINE_MS, ...options }, engine, isolation),
        memoryBytes,
      };
      const { child } = open;
      await child.load(model, ports, memoryBytes);
      const { tensors, buffers } = child.pack(ports, feeds);
      await child.process.request({ type: "prepare", feeds: tensors }, buffers);
      const timer = timerOf(child, options.timeoutMs ?? DEADLINE_MS);
      const runMs = median(await timer(0, FIRST_RUNS, 1));
      if (cold) await timer(Math.min(WARM_UP.mostRuns, Math.round(WARM_UP.ms / Math.max(runMs, 1e-3))), 1, 1);
      const runsPerSample = Math.max(1, Math.round(SAMPLE_MS / Math.max(runMs, 1e-3)));
      const samples = (runs: number): number => Math.ceil(runs / runsPerSample);
      const timed: TimeRuns = (untimed, runs) => timer(untimed, samples(runs), runsPerSample);
      return timed;
    },
    dispose: close,
  };
}

function timerOf(
  { process }: NodeChild,
  deadlineMs: number,
): (warmup: number, samples: number, runsPerSample: number) => Promise<readonly number[]> {
  return async (warmup, samples, runsPerSample) => {
    const { buffers } = await process.request(
      { type: "time-cpu", warmup, samples, runsPerSample },
      [],
      deadlineMs,
    );
    const taken = buffers[0];
    if (taken?.byteLength !== 8 * samples) throw new Error("a block of timings has the wrong length");
    return [...new Float64Array(taken.buffer)];
  };
}
