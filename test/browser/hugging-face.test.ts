// A pruned Hugging Face folder is one for transformers.js: the library, unchanged and given no option, loads it in
// Chromium and answers as onnxruntime-node does. Everything comes from this machine; the page only says where models
// and wasm lie.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { compareOutput, type RuntimeTensor } from "@espalier/core";
import { imageToTensor, readInputCard } from "@espalier/interchange";
import { concatChunks, DataType, readModel, writeModel } from "@espalier/ir";
import { nodeRuntime } from "@espalier/runtime-node";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromium, launchChromium } from "../chromium.js";
import { cifarImages } from "../cifar-images.js";
import { pruneIn } from "../cli-process.js";
import { dataFolder } from "../data-folder.js";
import { CIFAR, classifierBytes, writeClassifierFolder } from "../image-classifier-folder.js";

/** Two engines with kernels of their own. */
const TOLERANCE = 1e-4;
const IMAGES = 4;

const here = createRequire(import.meta.url);
const library = dirname(here.resolve("@huggingface/transformers"));
const wasm = dirname(
  createRequire(here.resolve("@huggingface/transformers")).resolve("onnxruntime-web/webgpu"),
);

const PAGE = `<!doctype html><title>test</title><script type="module">
  import * as transformers from "/library/transformers.js";
  const { env } = transformers;
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = "/models/";
  env.backends.onnx.wasm.wasmPaths = "/wasm/";
  globalThis.transformers = transformers;
</script>`;
const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript",
  mjs: "text/javascript",
  wasm: "application/wasm",
  json: "application/json",
};

let box = "";
let server: Server;
let browser: Browser;
let page: Page;
/** Path and status of everything that was asked for. */
const asked: { path: string; status: number }[] = [];
const elsewhere: string[] = [];

describe.skipIf(!chromium || dataFolder === null)("a pruned Hugging Face folder in Chromium", () => {
  beforeAll(async () => {
    box = mkdtempSync(join(tmpdir(), "espalier-hf-"));
    writeClassifierFolder(join(box, "source"), CIFAR);
    writeExternalFolder(join(box, "external-source"));
    for (const [source, out] of [
      ["source", "pruned"],
      ["external-source", "external"],
    ] as const) {
      const { status, stderr } = pruneIn(box, source, out);
      expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
    }
    // The same folder, but for the entry that Espalier adds.
    cpSync(join(box, "pruned"), join(box, "without"), { recursive: true });
    writeFileSync(join(box, "without/config.json"), readFileSync(join(box, "source/config.json")));

    server = serve({ "": box, library, wasm });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    browser = await launchChromium();
    page = await browser.newPage();
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(origin) && !/^(blob|data):/.test(url)) elsewhere.push(url);
    });
    await page.goto(origin);
    await page.waitForFunction(() => "transformers" in globalThis);
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(box, { recursive: true, force: true });
  });

  it("gives the logits of onnxruntime-node, with no option", async () => {
    const pixels = cifarImages(IMAGES);
    const card = readInputCard(readFileSync(join(box, "pruned/onnx/model.io.json")));
    const session = await nodeRuntime().load(
      new Uint8Array(readFileSync(join(box, "pruned/onnx/model.onnx"))),
    );
    for (const image of pixels) {
      const [input] = card.inputs;
      const tensor = imageToTensor({ width: 32, height: 32, data: image }, input as (typeof card.inputs)[0]);
      const { logits } = await session.run({ pixel_values: tensor });
      const actual = await logitsInPage("pruned", tensor);
      const { maxRel, scale } = compareOutput("logits", logits as RuntimeTensor, floats(actual));
      expect(maxRel).toBeLessThanOrEqual(TOLERANCE);
      expect(scale).toBeGreaterThan(1);
    }
    await session.dispose();
    expect(asked).toContainEqual({ path: "/models/pruned/onnx/model.onnx", status: 200 });
    expect(asked.filter(({ path }) => path.includes("pruned/onnx/model_quantized"))).toEqual([]);
  });

  it("answers through the pipeline with the label that the input card leads to", async () => {
    const pixels = cifarImages(IMAGES);
    const card = readInputCard(readFileSync(join(box, "pruned/onnx/model.io.json")));
    const session = await nodeRuntime().load(
      new Uint8Array(readFileSync(join(box, "pruned/onnx/model.onnx"))),
    );
    const [input] = card.inputs;
    for (const image of pixels) {
      const tensor = imageToTensor({ width: 32, height: 32, data: image }, input as (typeof card.inputs)[0]);
      const { logits } = await session.run({ pixel_values: tensor });
      const values = Array.from(logits?.data as Float32Array);
      const best = card.labels?.[values.indexOf(Math.max(...values))];
      const [answer] = await page.evaluate(
        async (rgba) => {
          const { pipeline, RawImage } = (globalThis as unknown as Library).transformers;
          const classify = await pipeline("image-classification", "pruned");
          return classify(new RawImage(Uint8ClampedArray.from(rgba), 32, 32, 4));
        },
        [...image],
      );
      expect(answer).toMatchObject({ label: best });
    }
    await session.dispose();
  });

  it("no longer asks for external data, which now lies in the model", async () => {
    const tensor = { dataType: DataType.FLOAT, dims: [1, 3, 32, 32], data: new Float32Array(3072).fill(0.5) };
    expect((await logitsInPage("external", tensor)).dims).toEqual([1, 10]);
    expect(asked.filter(({ path }) => path.endsWith("onnx_data"))).toEqual([]);
  });

  it("would not be found without the dtype that Espalier writes into config.json", async () => {
    const tensor = { dataType: DataType.FLOAT, dims: [1, 3, 32, 32], data: new Float32Array(3072) };
    await expect(logitsInPage("without", tensor)).rejects.toThrow(/model_quantized\.onnx/);
    expect(asked).toContainEqual({ path: "/models/without/onnx/model_quantized.onnx", status: 404 });
  });

  it("needs nothing from another machine", () => {
    expect(elsewhere).toEqual([]);
    expect(asked.some(({ path }) => path.startsWith("/wasm/"))).toBe(true);
  });
});

interface Library {
  readonly transformers: typeof import("@huggingface/transformers");
}

interface PlainTensor {
  readonly dims: readonly number[];
  readonly data: readonly number[];
}

function logitsInPage(folder: string, { dims, data }: RuntimeTensor): Promise<PlainTensor> {
  const input = { dims: [...dims], data: Array.from(data as Float32Array) };
  return page.evaluate(
    async ({ folder, input }) => {
      const { AutoModelForImageClassification, Tensor } = (globalThis as unknown as Library).transformers;
      const model = await AutoModelForImageClassification.from_pretrained(folder);
      const { logits } = await model({
        pixel_values: new Tensor("float32", Float32Array.from(input.data), input.dims),
      });
      await model.dispose();
      return { dims: logits.dims, data: Array.from(logits.data as Float32Array) };
    },
    { folder, input },
  );
}

function floats({ dims, data }: PlainTensor): RuntimeTensor {
  return { dataType: DataType.FLOAT, dims, data: Float32Array.from(data) };
}

/** A source whose weights lie in `model.onnx_data`, as its config.json announces. */
function writeExternalFolder(folder: string): void {
  const config = { "transformers.js_config": { use_external_data_format: true } };
  writeClassifierFolder(folder, CIFAR, { config });
  const model = readModel(classifierBytes(CIFAR.network));
  const external = { threshold: 1024, fileName: "model.onnx_data" };
  const { chunks, files } = writeModel(model, { external });
  writeFileSync(join(folder, "onnx/model.onnx"), concatChunks(chunks));
  for (const file of files) writeFileSync(join(folder, "onnx", file.name), concatChunks(file.chunks));
}

/** Serves the page, and below `/models/`, `/library/` and `/wasm/` the files of three folders. */
function serve(folders: { readonly "": string; readonly library: string; readonly wasm: string }): Server {
  const roots: Readonly<Record<string, string>> = { ...folders, models: folders[""] };
  return createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://127.0.0.1").pathname);
    const answer = (status: number, type: string, body: Uint8Array | string): void => {
      asked.push({ path, status });
      response.writeHead(status, {
        "content-type": type,
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
      });
      response.end(request.method === "HEAD" ? undefined : body);
    };
    const [, first = "", ...rest] = path.split("/");
    const root = roots[first];
    if (path === "/") return answer(200, "text/html", PAGE);
    if (root === undefined || rest.length === 0) return answer(404, "text/plain", "not found");
    const type = TYPES[path.split(".").at(-1) ?? ""] ?? "application/octet-stream";
    readFile(join(root, normalize(`/${rest.join("/")}`))).then(
      (bytes) => answer(200, type, bytes),
      () => answer(404, "text/plain", "not found"),
    );
  });
}
