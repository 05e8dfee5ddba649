// Times models one after another in one child process: kernel by kernel with ONNX Runtime's own profiler, then
// whole runs without it, in the same session.

import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  type Feeds,
  type ModelBytes,
  type ModelProfile,
  type Profiler,
  type ProfilerOptions,
  quantile,
} from "@espalier/core";
import { checkNodes, memoryCeiling } from "../child/isolated-session.js";
import type { Isolation } from "../child/isolation.js";
import { ModelProcess } from "../child/model-process.js";
import { packTensors } from "../child/tensor-frames.js";
import { makeTraceFolder } from "../onnx/trace-folder.js";

const DEFAULT_BUDGET_MS = 500;
const DEADLINE_MS = 60_000;
const FEWEST_RUNS = 5;
const MOST_RUNS = 60;

/** Opens a profiler; its process starts with the first model, which should be the largest. */
export function openProfiler(options: ProfilerOptions, isolation: Isolation): Profiler {
  const { threads, budgetMs = DEFAULT_BUDGET_MS, timeoutMs = DEADLINE_MS, signal } = options;
  const traces = makeTraceFolder(true);
  let process: ModelProcess | null = null;
  let count = 0;
  const time = async (running: ModelProcess, warmup: number, runs: number): Promise<number[]> => {
    const { buffers } = await running.request({ type: "time", warmup, runs }, [], timeoutMs);
    return [...new Float64Array(buffers[0]?.buffer ?? new ArrayBuffer(0))];
  };
  return {
    async profile(model: ModelBytes, feeds: Feeds): Promise<ModelProfile> {
      process ??= await ModelProcess.start({
        isolation,
        memoryBytes: memoryCeiling(model, { ...options, threads }),
        threads,
        timeoutMs,
        signal,
      });
      // A trace of its own for every model.
      const traceFolder = join(traces.path as string, String(count++));
      mkdirSync(traceFolder);
      try {
        const external = Object.entries(model.external ?? {});
        const settings = { threads, spinning: false, traceFolder };
        await process.request({ type: "load", settings, external: external.map(([name]) => name) }, [
          model.bytes,
          ...external.map(([, bytes]) => bytes),
        ]);
        const packed = packTensors(feeds);
        await process.request({ type: "prepare", feeds: packed.tensors }, packed.buffers);
        const [firstMs = 1] = await time(process, 1, 1);
        const runs = Math.round(Math.min(MOST_RUNS, Math.max(FEWEST_RUNS, budgetMs / 2 / firstMs)));
        await time(process, 0, runs);
        const { header } = await process.request({ type: "profile" });
        return { nodes: checkNodes(header.nodes), runMs: quantile(await time(process, 1, runs), 0.1) };
      } finally {
        rmSync(traceFolder, { recursive: true, force: true });
      }
    },
    async dispose() {
      await process?.close();
      traces.remove();
    },
  };
}
