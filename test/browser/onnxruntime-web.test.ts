// A pruned model runs in a browser: onnxruntime-web's wasm entry, served from this machine alone, gives in
// Chromium what onnxruntime-node gives here.

import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join, normalize } from "node:path";
import { compareOutput, type Feeds, type RuntimeTensor, randomInputs } from "@espalier/core";
import { cpu } from "@espalier/cpu";
import { DataType } from "@espalier/ir";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromium, launchChromium } from "../chromium.js";
import { dataFolder, readModelBytes } from "../data-folder.js";

const MODELS = ["squeezenet1.1-imagenet", "cifar10-resnet56"];
const INPUTS = 2;
/** Two engines with kernels of their own; the noise between two optimisation levels of one was up to 5e-6. */
const TOLERANCE = 1e-4;

const dist = dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));

const PAGE = `<!doctype html><title>test</title><script type="module">
  import * as ort from "/ort/ort.wasm.min.mjs";
  globalThis.ort = ort;
</script>`;

/** Serves one page, onnxruntime-web's files and the bytes of `models`, isolated from all other origins. */
function serve(models: ReadonlyMap<string, Uint8Array>): Server {
  return createServer((request, response) => {
    const [, folder = "", name = ""] = (request.url ?? "").split("/");
    const send = (type: string, body: Uint8Array | string): void => {
      response.writeHead(200, {
        "content-type": type,
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
      });
      response.end(body);
    };
    const model = models.get(name);
    if (folder === "") send("text/html", PAGE);
    else if (folder === "models" && model !== undefined) send("application/octet-stream", model);
    else if (folder === "ort" && /^[\w.-]+\.(mjs|wasm)$/.test(name)) {
      readFile(join(dist, normalize(name))).then(
        (bytes) => send(name.endsWith(".wasm") ? "application/wasm" : "text/javascript", bytes),
        () => response.writeHead(404).end(),
      );
    } else response.writeHead(404).end();
  });
}

interface PlainTensor {
  readonly dims: readonly number[];
  readonly data: readonly number[];
}

/** Runs a model in the page, on one set of float inputs after the other. */
function runInPage(
  page: Page,
  name: string,
  sets: readonly Readonly<Record<string, PlainTensor>>[],
): Promise<Record<string, PlainTensor>[]> {
  return page.evaluate(
    async ({ name, sets }) => {
      const { ort } = globalThis as unknown as { ort: typeof import("onnxruntime-web/wasm") };
      ort.env.wasm.wasmPaths = "/ort/";
      ort.env.wasm.numThreads = 1;
      const bytes = new Uint8Array(await (await fetch(`/models/${name}`)).arrayBuffer());
      const session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
      const results: Record<string, { dims: number[]; data: number[] }>[] = [];
      for (const set of sets) {
        const feeds = Object.entries(set).map(([input, { dims, data }]) => [
          input,
          new ort.Tensor("float32", Float32Array.from(data), dims),
        ]);
        const outputs = await session.run(Object.fromEntries(feeds));
        results.push(
          Object.fromEntries(
            Object.entries(outputs).map(([output, { dims, data }]) => [
              output,
              { dims: [...dims], data: Array.from(data as Float32Array) },
            ]),
          ),
        );
      }
      await session.release();
      return results;
    },
    { name, sets },
  );
}

const floats = ({ dims, data }: PlainTensor): RuntimeTensor => ({
  dataType: DataType.FLOAT,
  dims,
  data: Float32Array.from(data),
});
const plain = (feeds: Feeds): Record<string, PlainTensor> =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, { dims, data }]) => [name, { dims, data: Array.from(data, Number) }]),
  );

describe.skipIf(!chromium || dataFolder === null)("a pruned model in onnxruntime-web", () => {
  const models = new Map<string, Uint8Array>();
  const elsewhere: string[] = [];
  let server: Server;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server = serve(models);
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await launchChromium();
    page = await browser.newPage();
    page.on("request", (request) => {
      if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith(`blob:${origin}/`))
        elsewhere.push(request.url());
    });
    await page.goto(`${origin}/`);
    await page.waitForFunction(() => "ort" in globalThis);
  });

  afterAll(async () => {
    await browser?.close();
    await new Promise((closed) => server?.close(closed));
  });

  for (const name of MODELS) {
    it(`${name}: gives what it gives in Node`, async () => {
      const runtime = nodeRuntime();
      const { files, receipt, source, subject } = await cpu.prune(readModelBytes(name), {
        runtime,
        host: { ...nodeHost(), gzipSize: null, brotliSize: null },
        budget: { ratio: 0.3 },
        seed: 1,
        measure: false,
        inputs: 1,
      });
      const model = files.find((file) => file.role === "model")?.bytes ?? new Uint8Array();
      expect(receipt.macs.after ?? Number.POSITIVE_INFINITY).toBeLessThan(0.75 * (receipt.macs.before ?? 0));
      models.set(name, model);

      const sets = randomInputs(source, subject.boundFacts, subject.handlers, { seed: 3, count: INPUTS });
      const session = await runtime.load(model, { threads: 1, spinning: false });
      const expected = await Promise.all(sets.map((set) => session.run(set))).finally(() =>
        session.dispose(),
      );
      const actual = await runInPage(page, name, sets.map(plain));

      expect(actual).toHaveLength(INPUTS);
      for (const [i, outputs] of expected.entries()) {
        expect(Object.keys(actual[i] ?? {})).toEqual(Object.keys(outputs));
        for (const [output, tensor] of Object.entries(outputs)) {
          const { maxRel, scale } = compareOutput(output, tensor, floats(actual[i]?.[output] as PlainTensor));
          expect(maxRel).toBeLessThanOrEqual(TOLERANCE);
          expect(scale).toBeGreaterThan(0);
        }
      }
    });
  }

  it("needs nothing from another origin, in a page that is isolated", async () => {
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(elsewhere).toEqual([]);
  });
});
