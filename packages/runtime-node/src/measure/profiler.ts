// Times models one after another in one child process: kernel by kernel with ONNX Runtime's own profiler, then
// whole runs without it, in the same session, in turns with a reference that stays in a process of its own.

import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  type Feeds,
  type ModelBytes,
  type ModelProfile,
  type Profiler,
  type ProfilerOptions,
  type TimeRuns,
  takeTurns,
} from "@espalier/core";
import { checkNodes, memoryCeiling } from "../child/isolated-session.js";
import type { Isolation } from "../child/isolation.js";
import { ModelProcess } from "../child/model-process.js";
import { packTensors } from "../child/tensor-frames.js";
import { onnxProgram } from "../onnx/onnx-program.js";
import { makeTraceFolder } from "../onnx/trace-folder.js";

const DEFAULT_BUDGET_MS = 500;
const DEADLINE_MS = 60_000;

/** Opens a profiler; its process starts with the first model, which should be the largest. */
export function openProfiler(options: ProfilerOptions, isolation: Isolation): Profiler {
  const { threads, budgetMs = DEFAULT_BUDGET_MS, timeoutMs = DEADLINE_MS, signal } = options;
  const traces = makeTraceFolder(true);
  let process: ModelProcess | null = null;
  let reference: ModelProcess | null = null;
  let count = 0;
  const start = (model: ModelBytes): Promise<ModelProcess> =>
    ModelProcess.start({
      program: onnxProgram,
      isolation,
      memoryBytes: memoryCeiling(model, { ...options, threads }),
      threads,
      timeoutMs,
      signal,
    });
  const load = async (
    running: ModelProcess,
    { model, feeds }: { readonly model: ModelBytes; readonly feeds: Feeds },
    traceFolder: string | null,
  ): Promise<void> => {
    const external = Object.entries(model.external ?? {});
    const settings = { threads, spinning: false, traceFolder };
    await running.request({ type: "load", settings, external: external.map(([name]) => name) }, [
      model.bytes,
      ...external.map(([, bytes]) => bytes),
    ]);
    const packed = packTensors(feeds);
    await running.request({ type: "prepare", feeds: packed.tensors }, packed.buffers);
  };
  const time = async (running: ModelProcess, warmup: number, runs: number): Promise<number[]> => {
    const { buffers } = await running.request({ type: "time", warmup, runs }, [], timeoutMs);
    return [...new Float64Array(buffers[0]?.buffer ?? new ArrayBuffer(0))];
  };
  return {
    async profile(model: ModelBytes, feeds: Feeds): Promise<ModelProfile> {
      if (options.reference !== undefined && reference === null) {
        reference = await start(options.reference.model);
        await load(reference, options.reference, null);
        await time(reference, 1, 1);
      }
      process ??= await start(model);
      const [running, beside] = [process, reference];
      // A trace of its own for every model.
      const traceFolder = join(traces.path as string, String(count++));
      mkdirSync(traceFolder);
      try {
        await load(running, { model, feeds }, traceFolder);
        const own: TimeRuns = (untimed, runs) => time(running, untimed, runs);
        const other: TimeRuns | null =
          beside === null ? null : (untimed, runs) => time(beside, untimed, runs);
        await time(running, 1, 1);
        const profiled = await takeTurns(own, other, budgetMs / 2);
        const { header } = await running.request({ type: "profile" });
        const nodes = checkNodes(header.nodes);
        return { nodes, profiled, ...(await takeTurns(own, other, budgetMs / 2)) };
      } finally {
        rmSync(traceFolder, { recursive: true, force: true });
      }
    },
    async dispose() {
      await process?.close();
      await reference?.close();
      traces.remove();
    },
  };
}
