// runtime-web in real pages, built by vite from the sources: what it computes, what it says when it cannot,
// how its workers are stopped, and that nothing of them is left.

import { readFileSync, rmSync } from "node:fs";
import { DataType } from "@espalier/ir";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { chromium, launchChromium, SOFTWARE_WEBGPU } from "../chromium.js";
import { constantOfShape, doublingFunctions, endlessLoop } from "../node/hostile-models.js";
import { buildWithVite } from "./pages/build.js";
import type { Offered } from "./pages/runtime/main.js";
import { ISOLATED, type Site, STRICT_CSP, serveSite } from "./site.js";
import { addModel, identityOf, matMulChain, unknownOperator } from "./small-models.js";

const MIB = 1024 * 1024;

declare const espalier: Offered;

describe.skipIf(!chromium)("runtime-web in a page", () => {
  let folder: string;
  let browser: Browser;
  const open: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    folder = await buildWithVite();
    browser = await launchChromium(SOFTWARE_WEBGPU);
  });
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens the page, served with `headers` and `models`. */
  async function openPage(
    headers: Readonly<Record<string, string>>,
    models: Readonly<Record<string, Uint8Array>> = { add: addModel() },
    fallback: Parameters<typeof serveSite>[2] = null,
  ): Promise<{ page: Page; site: Site; errors: string[] }> {
    const site = await serveSite(folder, headers, fallback);
    open.push(site);
    for (const [name, bytes] of Object.entries(models)) site.files.set(`/${name}`, bytes);
    const page = await browser.newPage();
    open.push(page);
    const errors: string[] = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    page.on("console", (message) => {
      if (/Content.Security.Policy/i.test(message.text())) errors.push(message.text());
    });
    await page.goto(site.origin);
    await page.waitForFunction(() => "espalier" in globalThis);
    return { page, site, errors };
  }

  /** Loads "/add", runs it on [1, 2, 3] and gives what comes out. */
  const add = (page: Page, options: Parameters<Offered["webRuntime"]>[0] = {}) =>
    page.evaluate(async (options) => {
      const session = await espalier.webRuntime(options).load(await espalier.bytesOf("/add"));
      const { y } = await session.run({ x: espalier.floats([3], [1, 2, 3]) });
      await session.dispose();
      return Array.from(y?.data as Float32Array);
    }, options);

  describe("served in different ways", () => {
    it("asks for nothing before it is used, and for one engine then", async () => {
      const { page, site } = await openPage({});
      await page.evaluate(() => espalier.webRuntime({ engine: "webgpu" }).capabilities);
      const before = site.requests.filter((path) => path !== "/favicon.ico");
      expect(before).toHaveLength(2); // the page and its script
      expect(await add(page)).toEqual([11, 22, 33]);
      const engine = site.requests.filter((path) => /worker|wasm/.test(path));
      expect(engine.map((path) => path.replace(/-[\w-]{8}\./, "."))).toEqual([
        "/assets/wasm-worker.js",
        "/assets/ort-wasm-simd-threaded.wasm",
      ]);
    });

    it("has one thread without isolation, and says why", async () => {
      const { page, errors } = await openPage({});
      const capabilities = await page.evaluate(() => espalier.webRuntime({ threads: 4 }).capabilities);
      expect(capabilities).toMatchObject({ engine: "wasm", threads: 1, crossOriginIsolated: false });
      expect(capabilities.threadsNote).toContain("Cross-Origin-Opener-Policy: same-origin");
      expect(await add(page, { threads: 4 })).toEqual([11, 22, 33]);
      const latency = await page.evaluate(async () => {
        const add = { bytes: await espalier.bytesOf("/add") };
        const feeds = { x: espalier.floats([3], [1, 2, 3]) };
        return espalier.webRuntime().measureLatency({ models: { add }, feeds, threads: 2, batch: null });
      });
      expect(latency).toMatchObject({
        unavailable: "UNAVAILABLE",
        unblock: expect.stringContaining("Cross-Origin-Embedder-Policy: require-corp"),
      });
      expect(errors).toEqual([]);
    });

    it("has threads with isolation, and starts as many workers", async () => {
      const { page, site, errors } = await openPage(ISOLATED);
      const capabilities = await page.evaluate(() => espalier.webRuntime({ threads: 3 }).capabilities);
      expect(capabilities).toMatchObject({ threads: 3, crossOriginIsolated: true, threadsNote: null });
      expect(await add(page, { threads: 3 })).toEqual([11, 22, 33]);
      expect(site.requests.filter((path) => path.includes("/wasm-worker-"))).toHaveLength(3);
      expect(errors).toEqual([]);
    });

    it("works under a strict content security policy, with and without threads", async () => {
      for (const headers of [STRICT_CSP, { ...STRICT_CSP, ...ISOLATED }]) {
        const { page, errors } = await openPage(headers);
        expect(await add(page)).toEqual([11, 22, 33]);
        expect(errors).toEqual([]);
      }
    });

    it("takes the engine from where it is told to", async () => {
      const { page, site } = await openPage(ISOLATED);
      for (const name of ["ort-wasm-simd-threaded.wasm", "ort-wasm-simd-threaded.mjs"]) {
        const file = new URL(import.meta.resolve(`onnxruntime-web/${name}`));
        site.files.set(`/elsewhere/${name}`, new Uint8Array(readFileSync(file)));
      }
      const assets = { wasm: "elsewhere/ort-wasm-simd-threaded.wasm" };
      expect(await add(page, { assets, threads: 1 })).toEqual([11, 22, 33]);
      expect(site.requests.at(-1)).toBe("/elsewhere/ort-wasm-simd-threaded.wasm");
    });
  });

  it("takes workers that the page makes itself", async () => {
    const { page, site } = await openPage({});
    const y = await page.evaluate(async () => {
      const runtime = espalier.webRuntime({ worker: espalier.ownWorker });
      const session = await runtime.load(await espalier.bytesOf("/add"));
      const { y } = await session.run({ x: espalier.floats([3], [1, 2, 3]) });
      await session.dispose();
      return Array.from(y?.data as Float32Array);
    });
    expect(y).toEqual([11, 22, 33]);
    const workers = site.requests.filter((path) => path.includes("worker"));
    expect(workers).toEqual([expect.stringMatching(/^\/assets\/own-worker-/)]);
  });

  describe("with files that are not there", () => {
    const failingAdd = (page: Page, options: Parameters<Offered["webRuntime"]>[0] = {}) =>
      page.evaluate(
        (options) =>
          espalier.failure(async () => espalier.webRuntime(options).load(await espalier.bytesOf("/add"))),
        options,
      );
    const startPage = "<!doctype html><title>the start page</title>";

    it("says that it got HTML instead of wasm, and from where", async () => {
      const { page, site } = await openPage({}, undefined, {
        pattern: /\.wasm$/,
        status: 200,
        body: startPage,
      });
      const failed = await failingAdd(page);
      expect(failed?.code).toBe("UNAVAILABLE");
      expect(failed?.message).toMatch(
        /got HTML \(status 200, text\/html\), not wasm, from http:\/\/127\.0\.0\.1:\d+\/assets\/ort-wasm-simd-threaded-[\w-]+\.wasm/,
      );
      expect(failed?.message).toContain(site.origin);
    });

    it("tells the status of a file that is missing, and the name of one that is something else", async () => {
      const { page, site } = await openPage({});
      site.files.set("/other.bin", new TextEncoder().encode("neither HTML nor wasm"));
      const missing = await failingAdd(page, { assets: { wasm: "/nowhere.wasm" } });
      expect(missing?.message).toContain(
        `got nothing (status 404), not wasm, from ${site.origin}/nowhere.wasm`,
      );
      const other = await failingAdd(page, { assets: { wasm: "/other.bin" } });
      expect(other?.message).toContain(`not wasm, from ${site.origin}/other.bin`);
      const glue = await failingAdd(page, { assets: { wasm: "/other.bin", mjs: "/index.html" } });
      expect(glue?.message).toContain(
        `got HTML (status 200, text/html), not JavaScript, from ${site.origin}/index.html`,
      );
    });

    it("says so when its worker does not load", async () => {
      const fallback = { pattern: /wasm-worker/, status: 200, body: startPage };
      const { page } = await openPage({}, undefined, fallback);
      const failed = await failingAdd(page);
      expect(failed?.code).toBe("UNAVAILABLE");
      expect(failed?.message).toContain("The worker's script cannot be loaded");
      expect(failed?.message).toContain("worker-src");
    });

    it("says what a content security policy must allow", async () => {
      const policy = STRICT_CSP["content-security-policy"].replace(" 'wasm-unsafe-eval'", "");
      const { page } = await openPage({ "content-security-policy": policy });
      const failed = await failingAdd(page);
      expect(failed?.code).toBe("UNAVAILABLE");
      expect(failed?.message).toContain("'wasm-unsafe-eval'");
    });
  });

  describe("a model", () => {
    it("that does not load, or run, is refused with a code, and the session goes on", async () => {
      const { page } = await openPage({}, { add: addModel(), unknown: unknownOperator() });
      const failures = await page.evaluate(async () => {
        const runtime = espalier.webRuntime();
        const session = await runtime.load(await espalier.bytesOf("/add"));
        return {
          garbage: await espalier.failure(() => runtime.load(new Uint8Array(7))),
          unknown: await espalier.failure(async () => runtime.load(await espalier.bytesOf("/unknown"))),
          missing: await espalier.failure(() => session.run({})),
          wrong: await espalier.failure(() => session.run({ x: espalier.floats([4], [1, 2, 3, 4]) })),
          type: await espalier.failure(() => session.run({ x: { dataType: 99, dims: [0], data: [] } })),
          after: await session.run({ x: espalier.floats([3], [1, 2, 3]) }).then(({ y }) => y?.data[2]),
        };
      });
      expect(failures).toMatchObject({
        garbage: { code: "NOT_RUNNABLE" },
        unknown: { code: "NOT_RUNNABLE", message: expect.stringContaining("No\\u202eOp") },
        missing: { code: "RUN_FAILED" },
        wrong: { code: "RUN_FAILED" },
        type: { code: "RUN_FAILED" },
        after: 33,
      });
    });

    it("that never ends is stopped at its deadline, and stays stopped", async () => {
      const { page } = await openPage({}, { endless: endlessLoop(), doubling: doublingFunctions(30) });
      const [running, again, loading] = await page.evaluate(async () => {
        const runtime = espalier.webRuntime();
        const timeoutMs = 1000;
        const session = await runtime.loadUntrusted(await espalier.bytesOf("/endless"), { timeoutMs });
        const run = () => session.run({ x: espalier.floats([1], [1]) });
        const doubling = await espalier.bytesOf("/doubling");
        return [
          await espalier.failure(run),
          await espalier.failure(run),
          await espalier.failure(() => runtime.loadUntrusted(doubling, { timeoutMs })),
        ];
      });
      expect(running?.code).toBe("TIMEOUT");
      expect(running?.ms).toBeGreaterThanOrEqual(990);
      expect(again?.code).toBe("TIMEOUT");
      expect(again?.ms).toBeLessThan(100);
      expect(loading?.code).toBe("TIMEOUT");
    });

    it("is stopped by an abort: before, while it runs", async () => {
      const { page } = await openPage({}, { endless: endlessLoop() });
      const [before, running] = await page.evaluate(async () => {
        const runtime = espalier.webRuntime();
        const endless = await espalier.bytesOf("/endless");
        const controller = new AbortController();
        const session = await runtime.load(endless, { signal: controller.signal });
        setTimeout(() => controller.abort(), 200);
        return [
          await espalier.failure(() => runtime.load(endless, { signal: AbortSignal.abort() })),
          await espalier.failure(() => session.run({ x: espalier.floats([1], [1]) })),
        ];
      });
      expect(before?.code).toBe("ABORTED");
      expect(running?.code).toBe("ABORTED");
      expect(running?.ms).toBeLessThan(5000);
    });

    it("may have the memory that its ceiling allows and no more", async () => {
      const { page } = await openPage(ISOLATED, {
        large: constantOfShape(5000, 10_000),
        bomb: constantOfShape(30_000, 25_000),
      });
      const results = await page.evaluate(async (MIB) => {
        const runtime = espalier.webRuntime();
        const run = async (name: string, memoryBytes?: number) => {
          const options = memoryBytes === undefined ? {} : { memoryBytes };
          const session = await runtime.loadUntrusted(await espalier.bytesOf(name), options);
          try {
            return (await session.run({})).y?.dims;
          } finally {
            await session.dispose();
          }
        };
        return {
          bomb: await espalier.failure(() => run("/bomb")),
          small: await espalier.failure(() => run("/large", 100 * MIB)),
          enough: await run("/large", 400 * MIB),
        };
      }, MIB);
      expect(results.bomb?.code).toBe("MEMORY");
      expect(results.small?.code).toBe("MEMORY");
      expect(results.enough).toEqual([5000, 10_000]);
    });

    it("gives its memory back: ten loads take what one does", async () => {
      const { page } = await openPage({}, { large: constantOfShape(2500, 5000) });
      // One run takes 50 MB of linear memory and 50 MB of output.
      const load = () =>
        page.evaluate(async () => {
          const session = await espalier.webRuntime().load(await espalier.bytesOf("/large"));
          const { y } = await session.run({});
          await session.dispose();
          return y?.dims;
        });
      await load();
      const afterOne = await settledMemory(browser);
      for (let i = 0; i < 9; i++) expect(await load()).toEqual([2500, 5000]);
      // A worker that has ended gives back its 100 MB when the browser gets to it; nine that did not would stay.
      const grown = async () => (await settledMemory(browser)) - afterOne;
      await expect.poll(grown, { timeout: 60_000 }).toBeLessThan(100 * MIB);
    });
  });

  describe("measuring", () => {
    it("averages as many runs in a sample as the coarse clock of a page needs", async () => {
      const { page } = await openPage({}, { add: addModel(), chain: matMulChain(48, 3) });
      const measured = await page.evaluate(async () => {
        const runtime = espalier.webRuntime();
        const add = { bytes: await espalier.bytesOf("/add") };
        const feeds = { x: espalier.floats([3], [1, 2, 3]) };
        const models = { add, same: add };
        const chain = await espalier.bytesOf("/chain");
        const wide = { x: espalier.floats([48, 48], new Array(48 * 48).fill(0.5)) };
        return {
          latency: await runtime.measureLatency({ models, feeds, threads: 1, batch: 1, runs: 10 }),
          footprint: await runtime.measureFootprint(chain, wide),
        };
      });
      if ("unavailable" in measured.latency || "unavailable" in measured.footprint)
        throw new Error("unavailable");
      const { add, same } = measured.latency;
      expect(add).toMatchObject({ runs: 10, threads: 1, batch: 1, runtime: "onnxruntime-web 1.30.0 wasm" });
      expect(add?.runsPerSample).toBeGreaterThan(8);
      expect(add?.runsPerSample).toBe(same?.runsPerSample);
      expect(add?.samplesMs).toHaveLength(10);
      // A tick is 0.1 ms: a sample of one such run would be 0 or 0.1.
      for (const sample of add?.samplesMs ?? []) expect(sample).toBeGreaterThan(0);
      expect(measured.footprint.peakBytes).toBeGreaterThanOrEqual(measured.footprint.baseBytes);
      expect(measured.footprint.loadMs).toBeGreaterThan(0);
    });
  });

  describe("WebGPU", () => {
    it("computes the same on an adapter, here a software one", async () => {
      const { page, site } = await openPage({}, { add: addModel(), chain: matMulChain(48, 3) });
      const adapter = await page.evaluate(() => espalier.findWebGpu());
      if ("unavailable" in adapter) throw new Error(adapter.unblock);
      const run = (engine: "wasm" | "webgpu") =>
        page.evaluate(async (engine) => {
          const session = await espalier.webRuntime({ engine }).load(await espalier.bytesOf("/chain"));
          const { y } = await session.run({ x: espalier.floats([48, 48], new Array(48 * 48).fill(0.25)) });
          await session.dispose();
          return Array.from(y?.data as Float32Array);
        }, engine);
      const [wasm, webgpu] = [await run("wasm"), await run("webgpu")];
      const scale = Math.max(...wasm.map(Math.abs));
      expect(scale).toBeGreaterThan(0);
      const difference = Math.max(...wasm.map((value, i) => Math.abs(value - (webgpu[i] ?? Number.NaN))));
      expect(difference / scale).toBeLessThanOrEqual(1e-4);
      expect(site.requests.some((path) => /jspi.*\.wasm$/.test(path))).toBe(true);
    });
  });

  it("has a host that hashes, compresses and knows its machine", async () => {
    const { page } = await openPage(ISOLATED);
    const host = await page.evaluate(async () => {
      const host = espalier.webHost();
      const text = new TextEncoder().encode("prune ".repeat(1000));
      return {
        abc: await host.sha256([new Uint8Array([97]), new Uint8Array([98, 99])]),
        gzip: await host.gzipSize?.([text.subarray(0, 100), text.subarray(100)]),
        brotli: host.brotliSize,
        machine: host.machine(),
        timestamp: host.timestamp(),
        passed: await new Promise<number>((done) => {
          const start = host.now();
          setTimeout(() => done(host.now() - start), 20);
        }),
      };
    });
    expect(host.abc).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(host.gzip).toBeGreaterThan(40);
    expect(host.gzip).toBeLessThan(100);
    expect(host.brotli).toBeNull();
    expect(host.machine).toMatchObject({ cores: expect.any(Number), crossOriginIsolated: "true" });
    expect(host.timestamp).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(host.passed).toBeGreaterThanOrEqual(19);
  });

  it("takes and gives every element type unchanged", async () => {
    const types = {
      int64: DataType.INT64,
      string: DataType.STRING,
      bool: DataType.BOOL,
      float16: DataType.FLOAT16,
    };
    const models = Object.fromEntries(Object.entries(types).map(([name, type]) => [name, identityOf(type)]));
    const { page } = await openPage({}, models);
    const results = await page.evaluate(async (types) => {
      const runtime = espalier.webRuntime();
      const data = {
        int64: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n),
        string: ["", "prüning"],
        bool: Uint8Array.of(1, 0),
        float16: Uint16Array.of(0x3c00, 0x7c00),
      };
      const given: Record<string, string> = {};
      for (const name of Object.keys(data) as (keyof typeof data)[]) {
        const session = await runtime.load(await espalier.bytesOf(`/${name}`), { freeDims: { n: 2 } });
        const { y } = await session.run({ x: { dataType: types[name], dims: [2], data: data[name] } });
        await session.dispose();
        if (y === undefined) throw new Error("an output is missing");
        const same = y.data.constructor === data[name].constructor && y.dataType === types[name];
        given[name] = `${(y.data as readonly unknown[]).join()} ${same} ${session.inputs[0]?.shape.join()}`;
      }
      return given;
    }, types);
    expect(results).toEqual({
      int64: "-9223372036854775808,9223372036854775807 true 2",
      string: ",prüning true 2",
      bool: "1,0 true 2",
      float16: "15360,31744 true 2",
    });
  });
});

/** Resident memory of all processes of the browser, once it has stopped falling. */
async function settledMemory(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const resident = async () => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return processInfo.reduce((sum, { id }) => {
      const status = readFileSync(`/proc/${id}/status`, "utf8");
      return sum + 1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
    }, 0);
  };
  let lowest = await resident();
  for (let quiet = 0; quiet < 6; quiet++) {
    await new Promise((later) => setTimeout(later, 250));
    const now = await resident();
    if (now < lowest - MIB) {
      lowest = now;
      quiet = 0;
    }
  }
  await session.detach();
  return lowest;
}
