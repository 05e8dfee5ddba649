// Latency and footprint on the real runtime. Needs the build: every model runs in a child process.

import { type Feeds, isUnavailable, type LatencyStatistics, type ProgressEvent } from "@espalier/core";
import { concatChunks, DataType, floatTensor, GraphBuilder, isEspalierError, writeModel } from "@espalier/ir";
import { measureFootprint, nodeRuntime } from "@espalier/runtime-node";
import { describe, expect, it } from "vitest";

const runtime = nodeRuntime();

/** x · W, `depth` times, with W of width × width. */
function matMuls(width: number, depth: number): Uint8Array {
  const graph = new GraphBuilder();
  let value = graph.input("x", ["n", width]);
  const weight = graph.weight(
    "w",
    floatTensor([width, width], new Float32Array(width * width).fill(1 / width)),
  );
  for (let i = 0; i < depth; i++) value = graph.op("MatMul", [value, weight]);
  graph.output(value, "y");
  return concatChunks(writeModel(graph.model()).chunks);
}

const width = 256;
const feeds: Feeds = {
  x: { dataType: DataType.FLOAT, dims: [64, width], data: new Float32Array(64 * width).fill(1) },
};
const about = { feeds, threads: 1, batch: 64 };

async function measure(
  request: Parameters<typeof runtime.measureLatency>[0],
): Promise<Readonly<Record<string, LatencyStatistics>>> {
  const result = await runtime.measureLatency(request);
  if (isUnavailable(result)) throw new Error(result.unblock);
  return result as Readonly<Record<string, LatencyStatistics>>;
}

describe("latency", () => {
  it("of eight times the work is several times as long", { retry: 2 }, async () => {
    const events: ProgressEvent[] = [];
    const { small, large } = await measure({
      ...about,
      models: { small: { bytes: matMuls(width, 2) }, large: { bytes: matMuls(width, 16) } },
      onProgress: (event) => events.push(event),
    });
    if (small === undefined || large === undefined) throw new Error("a model is missing");
    const ratio = large.medianMs / small.medianMs;
    expect(ratio).toBeGreaterThan(4);
    expect(ratio).toBeLessThan(16);
    for (const statistics of [small, large]) {
      expect(statistics).toMatchObject({ threads: 1, batch: 64, runtime: "onnxruntime-node 1.30.0" });
      expect(statistics.runs).toBeGreaterThanOrEqual(30);
      expect(statistics.samplesMs).toHaveLength(statistics.runs);
      expect(statistics.p10Ms).toBeLessThanOrEqual(statistics.medianMs);
      expect(statistics.medianMs).toBeLessThanOrEqual(statistics.p90Ms);
      const spread = (statistics.p90Ms - statistics.p10Ms) / statistics.medianMs;
      expect(statistics.unstable).toBe(spread > 0.25);
    }
    expect(events.at(-1)).toMatchObject({ done: 2 * small.runs, total: 2 * small.runs, unit: "runs" });
  });

  it("takes as many runs as asked for, of outputs of any size", async () => {
    const graph = new GraphBuilder();
    graph.output(graph.op("NonZero", [graph.input("x", ["n", width])]), "y", DataType.INT64);
    const bytes = concatChunks(writeModel(graph.model()).chunks);
    const { only } = await measure({ ...about, models: { only: { bytes } }, runs: 7 });
    expect(only?.runs).toBe(7);
  });

  it("is refused for a model that does not run, and leaves no process", async () => {
    const models = { good: { bytes: matMuls(width, 1) }, bad: { bytes: new Uint8Array(3) } };
    const error = await measure({ ...about, models }).catch((reason) => reason);
    expect(isEspalierError(error, "NOT_RUNNABLE")).toBe(true);
  });

  it("stops at an abort", { retry: 2 }, async () => {
    const signal = AbortSignal.timeout(700);
    const models = { slow: { bytes: matMuls(width, 500) } };
    const start = performance.now();
    const error = await measure({ ...about, models, runs: 100_000, signal }).catch((reason) => reason);
    expect(isEspalierError(error, "ABORTED")).toBe(true);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe("the footprint", () => {
  it("grows with the weights", async () => {
    const wide = 2048; // 16 MiB of weights
    const small = await measureFootprint(matMuls(width, 1), feeds);
    const large = await measureFootprint(matMuls(wide, 1), {
      x: { dataType: DataType.FLOAT, dims: [1, wide], data: new Float32Array(wide) },
    });
    expect(small.loadMs).toBeGreaterThan(0);
    expect(small.peakBytes).toBeGreaterThan(small.baseBytes);
    expect(large.peakBytes - small.peakBytes).toBeGreaterThan(16 * 1024 * 1024);
    expect(large.peakBytes - small.peakBytes).toBeLessThan(200 * 1024 * 1024);
  });
});
