// The Runtime that drives a Chromium from Node, held against onnxruntime-node.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";
import {
  compareOutput,
  type Feeds,
  isUnavailable,
  openSubject,
  randomInputs,
  type Session,
} from "@espalier/core";
import { DataType, isEspalierError } from "@espalier/ir";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import {
  type ChromiumRuntime,
  chromiumRuntime,
  engineDownload,
  probeChromium,
} from "@espalier/runtime-web/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromium } from "../chromium.js";
import { DIMS, dataFolder, readModelBytes } from "../data-folder.js";
import { endlessLoop, externalWeight } from "../node/hostile-models.js";
import { addModel, identityOf, matMulChain, unknownOperator } from "./small-models.js";

const MODELS = [
  "cifar10-resnet20",
  "squeezenet1.1-imagenet",
  "stories260k",
  "silero_vad_16k_op15",
  "gtcrn_simple",
];
/** Two engines with kernels of their own; the noise between two optimisation levels of one was up to 5e-6. */
const TOLERANCE = 1e-4;

const executablePath = chromium;
const one: Feeds = { x: { dataType: DataType.FLOAT, dims: [1], data: Float32Array.of(1) } };
const three: Feeds = { x: { dataType: DataType.FLOAT, dims: [3], data: Float32Array.of(1, 2, 3) } };

async function withSession<T>(opening: Promise<Session>, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await opening;
  try {
    return await work(session);
  } finally {
    await session.dispose();
  }
}

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return "done";
  } catch (error) {
    if (!isEspalierError(error)) throw error;
    return error.code;
  }
}

describe.skipIf(!chromium)("the runtime in a Chromium", () => {
  let runtime: ChromiumRuntime;

  beforeAll(async () => {
    runtime = await chromiumRuntime({ executablePath });
  });
  afterAll(() => runtime?.close());

  it("says what it is", () => {
    expect(runtime.name).toMatch(/^onnxruntime-web 1\.30\.0 wasm, Chromium \d+\.\d+/);
    expect(runtime.chromium.executablePath).toBe(executablePath);
    expect(runtime.capabilities).toMatchObject({ engine: "wasm", crossOriginIsolated: true, float64: true });
    expect(runtime.capabilities.threads).toBeGreaterThanOrEqual(1);
  });

  it.skipIf(dataFolder === null).each(MODELS)("%s gives what it gives in Node", async (name) => {
    const bytes = readModelBytes(name);
    const subject = openSubject(bytes, { dims: DIMS[name] ?? {} });
    const [feeds] = randomInputs(subject.model, subject.boundFacts, subject.handlers, { seed: 5, count: 1 });
    if (feeds === undefined) throw new Error("no inputs");
    const run = (opening: Promise<Session>) => withSession(opening, (session) => session.run(feeds));
    const expected = await run(nodeRuntime().load(bytes, { threads: 1 }));
    const actual = await run(runtime.load(bytes, { threads: 1 }));
    expect(Object.keys(actual)).toEqual(Object.keys(expected));
    for (const [output, tensor] of Object.entries(expected)) {
      const got = actual[output];
      if (got === undefined) throw new Error("an output is missing");
      expect(got.dims).toEqual(tensor.dims);
      expect(got.dataType).toBe(tensor.dataType);
      expect(compareOutput(output, tensor, got).maxRel).toBeLessThanOrEqual(TOLERANCE);
    }
  });

  it("gives the same with several threads", async () => {
    const bytes = matMulChain(64, 2);
    const feeds = { x: { dataType: DataType.FLOAT, dims: [64, 64], data: new Float32Array(4096).fill(0.5) } };
    const threaded = await chromiumRuntime({ executablePath, threads: 2 });
    try {
      const run = (threads: number) =>
        withSession(threaded.load(bytes, { threads }), (session) => session.run(feeds));
      const [{ y: single }, { y: double }] = [await run(1), await run(2)];
      if (single === undefined || double === undefined) throw new Error("an output is missing");
      expect(compareOutput("y", single, double).maxRel).toBeLessThanOrEqual(TOLERANCE);
    } finally {
      await threaded.close();
    }
  });

  it("takes and gives tensors of many megabytes and of other types", async () => {
    const data = Float32Array.from({ length: 2_000_000 }, (_, i) => i);
    const { y } = await withSession(runtime.load(identityOf(DataType.FLOAT)), (session) =>
      session.run({ x: { dataType: DataType.FLOAT, dims: [data.length], data } }),
    );
    expect(y?.data.at(-1)).toBe(data.at(-1));
    const strings = { dataType: DataType.STRING, dims: [2], data: ["", "prüning"] };
    const text = await withSession(runtime.load(identityOf(DataType.STRING)), (session) =>
      session.run({ x: strings }),
    );
    expect(text.y).toEqual(strings);
    const half = { dataType: DataType.FLOAT16, dims: [2], data: Uint16Array.of(0x3c00, 0x7c00) };
    const bits = await withSession(runtime.load(identityOf(DataType.FLOAT16)), (session) =>
      session.run({ x: half }),
    );
    expect(bits.y).toEqual(half);
  });

  it("computes only what is fetched, and takes external data from memory", async () => {
    const external = { "w.bin": new Uint8Array(Float32Array.of(41).buffer) };
    const { y } = await withSession(runtime.load({ bytes: externalWeight("w.bin"), external }), (session) =>
      session.run(one, ["y"]),
    );
    expect(y?.data[0]).toBe(42);
    expect(await codeOf(() => runtime.load(externalWeight("/etc/passwd")))).toBe("NOT_RUNNABLE");
  });

  it("refuses and stops models with the codes of the other runtimes", async () => {
    expect(await codeOf(() => runtime.load(new Uint8Array(7)))).toBe("NOT_RUNNABLE");
    expect(await codeOf(() => runtime.load(unknownOperator()))).toBe("NOT_RUNNABLE");
    await withSession(runtime.loadUntrusted(endlessLoop(), { timeoutMs: 1000 }), async (session) => {
      expect(await codeOf(() => session.run(one))).toBe("TIMEOUT");
      expect(await codeOf(() => session.run(one))).toBe("TIMEOUT");
    });
    const controller = new AbortController();
    await withSession(runtime.load(endlessLoop(), { signal: controller.signal }), async (session) => {
      setTimeout(() => controller.abort(), 200);
      expect(await codeOf(() => session.run(one))).toBe("ABORTED");
    });
    const session = await runtime.load(addModel());
    await session.dispose();
    await expect(session.run(three)).rejects.toThrow("disposed");
  });

  it("profiles its nodes once, and gives null without having been asked to", async () => {
    await withSession(runtime.load(matMulChain(64, 2), { profile: true, threads: 1 }), async (session) => {
      const x = { dataType: DataType.FLOAT, dims: [64, 64], data: new Float32Array(4096).fill(0.5) };
      for (let i = 0; i < 5; i++) await session.run({ x });
      const nodes = await session.profile?.();
      expect(nodes?.map(({ opType }) => opType)).toEqual(["MatMul", "MatMul"]);
      for (const { durationUs } of nodes ?? []) expect(durationUs).toBeGreaterThan(0);
      expect(await session.profile?.()).toBeNull();
    });
    await withSession(runtime.load(addModel()), async (session) => {
      expect(await session.profile?.()).toBeNull();
    });
  });

  it("times one model after another, kernel by kernel and as a whole", async () => {
    const zeros = { dataType: DataType.FLOAT, dims: [64, 64], data: new Float32Array(64 * 64) };
    const reference = { model: { bytes: matMulChain(64, 1) }, feeds: { x: zeros } };
    const profiler = await runtime.openProfiler({ threads: 1, budgetMs: 60, reference });
    if (isUnavailable(profiler)) throw new Error(profiler.unblock);
    try {
      for (const [size, layers] of [
        [64, 3],
        [96, 1],
      ] as const) {
        const data = new Float32Array(size * size).fill(0.5);
        const feeds = { x: { dataType: DataType.FLOAT, dims: [size, size], data } };
        const { nodes, p10Ms, reference } = await profiler.profile(
          { bytes: matMulChain(size, layers) },
          feeds,
        );
        expect(nodes).toHaveLength(layers);
        for (const node of nodes ?? []) {
          expect(node).toMatchObject({ opType: "MatMul", outputShapes: [[size, size]] });
          expect(node.durationUs).toBeGreaterThan(0);
        }
        expect(p10Ms).toBeGreaterThan(0);
        expect(reference?.times).toBeGreaterThan(0);
      }
    } finally {
      await profiler.dispose();
    }
  });

  it("measures latency and footprint", async () => {
    const feeds = {
      x: { dataType: DataType.FLOAT, dims: [128, 128], data: new Float32Array(16384).fill(0.5) },
    };
    const progress: number[] = [];
    const latency = await runtime.measureLatency({
      models: { small: { bytes: matMulChain(128, 1) }, large: { bytes: matMulChain(128, 12) } },
      feeds,
      threads: 1,
      batch: null,
      runs: 10,
      onProgress: ({ done, total }) => progress.push(done / total),
    });
    if (isUnavailable(latency)) throw new Error(latency.unblock);
    expect(latency.small).toMatchObject({ runs: 10, threads: 1, runtime: runtime.name });
    expect(latency.large?.medianMs).toBeGreaterThan(latency.small?.medianMs ?? Number.POSITIVE_INFINITY);
    expect(progress.at(-1)).toBe(1);

    const wide = 2048; // 16 MiB of weights
    const footprint = await runtime.measureFootprint(matMulChain(wide, 1, 1), {
      x: { dataType: DataType.FLOAT, dims: [1, wide], data: new Float32Array(wide) },
    });
    if (isUnavailable(footprint)) throw new Error(footprint.unblock);
    expect(footprint.peakBytes - footprint.baseBytes).toBeGreaterThanOrEqual(4 * wide * wide);
    expect(footprint.startMs).toBeGreaterThan(0);
  });

  it.skipIf(process.platform !== "linux")("survives the crash of its page", async () => {
    const session = await runtime.load(endlessLoop());
    const running = codeOf(() => session.run(one));
    killRenderers();
    expect(await running).toBe("RUN_FAILED");
    expect(await codeOf(() => session.run(one))).toBe("RUN_FAILED");
    const { y } = await withSession(runtime.load(addModel()), (next) => next.run(three));
    expect(y?.data).toEqual(Float32Array.of(11, 22, 33));
  });

  it("has one thread in a page that is not isolated, no profile, and refuses to measure two", async () => {
    const plain = await chromiumRuntime({ executablePath, isolated: false, threads: 2 });
    try {
      expect(plain.capabilities).toMatchObject({ threads: 1, crossOriginIsolated: false });
      await withSession(plain.load(addModel(), { profile: true }), async (session) => {
        expect((await session.run(three)).y?.data).toEqual(Float32Array.of(11, 22, 33));
        expect(await session.profile?.()).toBeNull();
      });
      const models = { add: { bytes: addModel() } };
      const latency = await plain.measureLatency({ models, feeds: three, threads: 2, batch: null });
      expect(latency).toMatchObject({ unavailable: "UNAVAILABLE" });
    } finally {
      await plain.close();
    }
  });
});

describe.skipIf(!chromium)("WebGPU in a Chromium", () => {
  it("gives what WebAssembly gives, and on a software adapter refuses to be measured", async () => {
    const runtime = await chromiumRuntime({ executablePath, engine: "webgpu" });
    try {
      if (isUnavailable(runtime.webgpu)) throw new Error(runtime.webgpu.unblock);
      const bytes = matMulChain(48, 3);
      const feeds = {
        x: { dataType: DataType.FLOAT, dims: [48, 48], data: new Float32Array(2304).fill(0.25) },
      };
      const run = (opening: Promise<Session>) => withSession(opening, (session) => session.run(feeds));
      const expected = (await run(nodeRuntime().load(bytes))).y;
      const actual = (await run(runtime.load(bytes))).y;
      if (expected === undefined || actual === undefined) throw new Error("an output is missing");
      expect(compareOutput("y", expected, actual).maxRel).toBeLessThanOrEqual(TOLERANCE);
      const latency = await runtime.measureLatency({
        models: { a: { bytes } },
        feeds,
        threads: 1,
        batch: null,
        runs: 2,
      });
      expect(isUnavailable(latency)).toBe(runtime.webgpu.software);
    } finally {
      await runtime.close();
    }
  });

  it("is part of what a probe reports", async () => {
    const report = await probeChromium({ executablePath });
    if (isUnavailable(report)) throw new Error(report.unblock);
    expect(report.executablePath).toBe(executablePath);
    expect(report.version).toMatch(/^\d+\./);
    expect(report.threads).toBeGreaterThanOrEqual(1);
    expect(isUnavailable(report.webgpu)).toBe(false);
  });
});

describe("without a Chromium", () => {
  it("says UNAVAILABLE and what to install", async () => {
    const opening = chromiumRuntime({ executablePath: "/nowhere/chromium" });
    await expect(opening).rejects.toThrow(/\[UNAVAILABLE\].*\/nowhere\/chromium.*apt-get install chromium/);
    expect(await probeChromium({ executablePath: "/nowhere/chromium" })).toMatchObject({
      unavailable: "UNAVAILABLE",
      unblock: expect.stringContaining("playwright-core install chromium"),
    });
  });
});

describe("the download of an engine", () => {
  it("is its script and its wasm, each with its sizes", async () => {
    const { files, total } = await engineDownload("wasm", { ...nodeHost(), brotliSize: null });
    expect(files.map(({ path }) => path)).toEqual(["ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm"]);
    const wasm = new URL(import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm"));
    expect(files[1]?.size).toEqual({
      raw: statSync(wasm).size,
      gzip: gzipSync(readFileSync(wasm), { level: 9 }).byteLength,
      brotli: null,
    });
    expect(total.raw).toBe(files.reduce((sum, { size }) => sum + size.raw, 0));
    expect(total.brotli).toBeNull();
  });

  it("of WebGPU is larger", async () => {
    const host = { gzipSize: null, brotliSize: null };
    const wasm = await engineDownload("wasm", host);
    expect((await engineDownload("webgpu", host)).total.raw).toBeGreaterThan(wasm.total.raw);
  });
});

/** Kills the pages' processes of the browsers that this process started. */
function killRenderers(): void {
  const parents = new Map<number, number>();
  const renderers: number[] = [];
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "latin1");
      parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
      const command = readFileSync(`/proc/${entry}/cmdline`, "latin1");
      if (command.includes("--type=renderer")) renderers.push(Number(entry));
    } catch {
      // It ended meanwhile.
    }
  }
  const isOurs = (id: number | undefined): boolean =>
    id !== undefined && (id === process.pid || isOurs(parents.get(id)));
  for (const id of renderers.filter(isOurs)) process.kill(id, "SIGKILL");
}
