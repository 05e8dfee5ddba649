// The two pages of deploy-web in a Chromium: what the demo answers, what is pruned in the tab and taken along, how both
// are built and served, and what they say when something is missing.

import { cpSync, mkdtempSync, openSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Receipt, readReceipt } from "@espalier/core";
import { concatChunks, readModel, writeModel } from "@espalier/ir";
import { POLICY } from "@espalier/page/node";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import { web } from "@espalier/web";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { chromium, launchChromium, SOFTWARE_WEBGPU } from "../chromium.js";
import { espalierIn } from "../cli-process.js";
import { DIGITS, deployDigits, SAMPLES, type ServedPages, servePages } from "../deploy-web-process.js";
import { dropNetwork, openPage, pickSample, prune, type Shown, shownClasses } from "./deploy-web-pages.js";
import { expectedClasses, expectSame } from "./expected-classes.js";
import { rebuildPagesWithWebpack } from "./pages/build.js";
import { ISOLATED, serveSite } from "./site.js";
import { sequenceModel } from "./small-models.js";

describe.skipIf(!chromium)("the pages of deploy-web", () => {
  let box = "";
  let folder = "";
  let browser: Browser;
  /** One for all: the engine is fetched and compiled once, as for a visitor who comes again. */
  let context: BrowserContext;
  let server: ServedPages;
  const open: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    box = mkdtempSync(join(tmpdir(), "espalier-pages-"));
    folder = join(box, "page");
    const { status, stderr } = deployDigits(folder);
    expect(status, stderr).toBe(0);
    server = await servePages(folder);
    browser = await launchChromium(SOFTWARE_WEBGPU);
    context = await browser.newContext();
    context.setDefaultTimeout(100_000);
  });
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(box, { recursive: true, force: true });
  });

  const opened = async (url: string) => {
    const found = await openPage(context, url);
    open.push(found.page);
    return found;
  };

  describe("the demo", () => {
    const expected = (model: string, sample: number): Promise<Shown[]> =>
      expectedClasses(join(folder, model), SAMPLES[sample] as string, join(folder, "model.io.json"));

    it("answers as ONNX Runtime under Node does, both networks side by side", async () => {
      const { page, errors, elsewhere } = await opened(server.url);
      for (const [i, digit] of ["3", "5", "8"].entries()) {
        await pickSample(page, i);
        const [original, pruned] = [await shownClasses(page, "original"), await shownClasses(page, "pruned")];
        expectSame(original, await expected("dense.onnx", i));
        expectSame(pruned, await expected("model.onnx", i));
        expect(original[0]?.label).toBe(digit);
      }
      expect(await page.locator("#threads").textContent()).toContain("isolated from other origins");
      expect({ errors, elsewhere }).toEqual({ errors: [], elsewhere: [] });
    });

    it("shows the sizes of the files that are fetched", async () => {
      const { page } = await opened(server.url);
      const row = page.locator('#sizes [data-size="raw"] td');
      const shown = (await row.allTextContents()).slice(0, 2).map((text) => Number.parseFloat(text));
      const bytes = ["dense.onnx", "model.onnx"].map((name) => readFileSync(join(folder, name)).byteLength);
      for (const [i, size] of bytes.entries())
        expect(Math.abs((shown[i] ?? 0) * 1000 - size)).toBeLessThan(501);
    });

    it("measures both networks in this browser, and can be stopped", async () => {
      const { page, errors } = await opened(server.url);
      await pickSample(page, 0);
      await page.click("#measure");
      await page.click("#latency .progress button");
      await page.waitForSelector("#latency :text('Cancelled')");
      await pickSample(page, 1);
      await page.click("#measure");
      await page.waitForSelector("#latency [data-latency]");
      const rows = page.locator("#latency tr[data-model]");
      expect(await rows.evaluateAll((all) => all.map((row) => row.getAttribute("data-model")))).toEqual([
        "original",
        "pruned",
      ]);
      expect(await page.locator("#latency svg.plot").getAttribute("aria-label")).toMatch(
        /original: median \d/,
      );
      expect(errors).toEqual([]);
    });

    it("gives the same outputs on WebGPU, and says that a software adapter has no times", async () => {
      const { page, errors } = await opened(server.url);
      await pickSample(page, 2);
      const wasm = [await shownClasses(page, "original"), await shownClasses(page, "pruned")];
      await page.waitForFunction(() => document.getElementById("webgpu-note")?.textContent !== "");
      if (await page.isDisabled("#webgpu")) {
        expect(await page.textContent("#webgpu-note")).toMatch(/adapter|WebGPU/);
        return;
      }
      await page.check("#webgpu");
      await page.waitForSelector('#answers:not([aria-busy]) [data-answers="webgpu"]');
      expectSame(await shownClasses(page, "original"), wasm[0] ?? []);
      expectSame(await shownClasses(page, "pruned"), wasm[1] ?? []);
      await page.click("#measure");
      await page.waitForSelector("#latency [data-latency]");
      expect(await page.textContent("#latency")).toMatch(/computes on the CPU|median|Median/);
      expect(errors).toEqual([]);
    });

    it("refuses what is no image, and goes on with the next", async () => {
      const { page } = await opened(server.url);
      await page.setInputFiles("#file", {
        name: "a.png",
        mimeType: "image/png",
        buffer: Buffer.from("no image"),
      });
      await page.waitForSelector('#answers .failure[data-code="UNSUPPORTED_FORMAT"]');
      await page.setInputFiles("#file", [...SAMPLES].slice(0, 1));
      await page.waitForSelector("#answers:not([aria-busy]) [data-answers]");
      expect((await shownClasses(page, "original"))[0]?.label).toBe("3");
    });
  });

  describe("pruning in the tab", () => {
    /** Saves all files of the result into a new folder. */
    async function takeAlong(page: Awaited<ReturnType<typeof opened>>["page"]): Promise<string> {
      const target = mkdtempSync(join(box, "taken-"));
      for (const link of await page.locator("#result .downloads a").all()) {
        const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
        await download.saveAs(join(target, download.suggestedFilename()));
      }
      return target;
    }

    /** The same asked for under Node. */
    const prunedUnderNode = (ratio: number) =>
      web.prune(new Uint8Array(readFileSync(DIGITS)), {
        budget: { ratio },
        step: 4,
        sourcePath: "digits.onnx",
        runtime: nodeRuntime(),
        host: nodeHost(),
        measure: false,
      });

    const receiptIn = (target: string): Receipt =>
      readReceipt(new Uint8Array(readFileSync(join(target, "receipt.json"))));

    it("gives the files that Node gives, which verify there, and what the slider promised", async () => {
      const { page, errors, elsewhere } = await opened(`${server.url}prune.html`);
      expect(await dropNetwork(page, DIGITS)).toBeNull();
      const groups = page.locator("#group-list tr[data-group]");
      const shown = await groups.evaluateAll((all) => all.map((row) => row.getAttribute("data-group")));
      const { plan, files } = await prunedUnderNode(0.4);
      expect(new Set(shown)).toEqual(
        new Set(plan.steps.map((step) => (step.kind === "slice" ? step.group : ""))),
      );

      await page.fill("#ratio", "0.4");
      await page.waitForFunction(() => document.querySelector("td.after")?.textContent === "16"); // 24 · 0.6 = 14.4
      const promised = await page.locator("#choices .tile .value").allTextContents();
      await prune(page, { ratio: 0.4 });
      expect(await page.locator("#result [data-parity]").getAttribute("data-parity")).toBe("holds");
      const target = await takeAlong(page);
      const receipt = receiptIn(target);
      for (const { path, bytes } of files)
        expect(new Uint8Array(readFileSync(join(target, path))), path).toEqual(bytes);
      const { status, stdout, stderr } = espalierIn(box, "verify", target, "--source", DIGITS);
      expect(status, stdout + stderr).toBe(0);
      expect(receipt.target).toBe("web");
      expect(receipt.versions.runtime).toContain("onnxruntime-web");
      expect(receipt.source.path).toBe("digits.onnx");
      const figures = [receipt.macs.after, receipt.params.after].map((value) => value ?? Number.NaN);
      expect(Number.parseFloat(promised[0] ?? "") * 1e6).toBeCloseTo(figures[0] ?? 0, -4);
      expect(Number.parseFloat(promised[1] ?? "") * 1e3).toBeCloseTo(figures[1] ?? 0, -2);
      expect({ errors, elsewhere }).toEqual({ errors: [], elsewhere: [] });
    });

    it("takes a file that is dropped, and measures it", async () => {
      const { page, errors } = await opened(`${server.url}prune.html`);
      const transfer = await page.evaluateHandle((base64) => {
        const transfer = new DataTransfer();
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        transfer.items.add(new File([bytes], "dropped.onnx"));
        return transfer;
      }, readFileSync(DIGITS).toString("base64"));
      await page.dispatchEvent("#drop", "drop", { dataTransfer: transfer });
      await page.waitForSelector("#choice:not([hidden]) .tile");
      await prune(page, { measure: true });
      const receipt = receiptIn(await takeAlong(page));
      expect(receipt.source.path).toBe("dropped.onnx");
      expect(receipt.latency).toMatchObject({
        after: { runtime: expect.stringContaining("wasm"), threads: 1 },
      });
      expect(await page.locator("#result svg.plot").count()).toBe(1);
      expect(errors).toEqual([]);
    });

    it("can be cancelled, ends its workers then, and starts again", async () => {
      const { page, errors } = await opened(`${server.url}prune.html`);
      await dropNetwork(page, DIGITS);
      await page.click("#choices button[type=submit]");
      await page.waitForSelector("#result .step:text-matches('Comparing|Measuring')");
      expect(page.workers().length).toBeGreaterThan(0);
      await page.click("#result .progress button");
      await page.waitForSelector('#result [data-result="cancelled"]');
      await expect.poll(() => page.workers().length).toBe(0);
      await prune(page);
      expect(await page.locator("#result [data-parity]").getAttribute("data-parity")).toBe("holds");
      await expect.poll(() => page.workers().length).toBe(0);
      expect(errors).toEqual([]);
    });

    it("takes weights that lie in another file, and misses them when they were left behind", async () => {
      const { page, errors } = await opened(`${server.url}prune.html`);
      const source = mkdtempSync(join(box, "external-"));
      const model = readModel(new Uint8Array(readFileSync(DIGITS)));
      const written = writeModel(model, { external: { threshold: 256, fileName: "weights.bin" } });
      const [network, weights] = [join(source, "outside.onnx"), join(source, "weights.bin")];
      writeFileSync(network, concatChunks(written.chunks));
      writeFileSync(weights, concatChunks(written.files[0]?.chunks ?? []));
      expect(await dropNetwork(page, network)).toBe("EXTERNAL_MISSING");
      expect(await page.textContent("#model .failure")).toContain("weights.bin");
      expect(await dropNetwork(page, network, weights)).toBeNull();
      await prune(page);
      const target = await takeAlong(page);
      const { status, stdout, stderr } = espalierIn(box, "verify", target, "--source", network);
      expect(status, stdout + stderr).toBe(0);
      expect(errors).toEqual([]);
    });

    it("asks for sizes that the network leaves open", async () => {
      const { page, errors } = await opened(`${server.url}prune.html`);
      const network = join(box, "sequence.onnx");
      writeFileSync(network, sequenceModel());
      await page.setInputFiles("#file", network);
      await page.fill('#model input[data-dim="time"]', "5");
      await page.click("#model button[type=submit]");
      await page.waitForSelector("#choice:not([hidden]) .tile");
      await prune(page);
      const receipt = receiptIn(await takeAlong(page));
      expect(receipt.bindings).toEqual({ n: 1, time: 5 });
      // 5 · (8 · 16 + 16 · 4) multiplications, and with half of the 16 units
      expect([receipt.macs.before, receipt.macs.after]).toEqual([960, 480]);
      expect(errors).toEqual([]);
    });

    it("says what is wrong with a file, and goes on with the next", async () => {
      const { page, errors } = await opened(`${server.url}prune.html`);
      const write = (name: string, content: Uint8Array | string): string => {
        writeFileSync(join(box, name), content);
        return join(box, name);
      };
      const bytes = readFileSync(DIGITS);
      const enormous = join(box, "enormous.onnx");
      openSync(enormous, "w");
      truncateSync(enormous, 600 * 1024 * 1024);
      for (const [file, codes] of [
        [
          write("notes.txt", "These are notes, and no network.\n"),
          ["MALFORMED", "UNSUPPORTED_FORMAT", "TRUNCATED"],
        ],
        [write("cut.onnx", bytes.subarray(0, bytes.length >> 1)), ["TRUNCATED"]],
        [write("empty.onnx", ""), ["MALFORMED", "UNSUPPORTED_FORMAT", "TRUNCATED"]],
        [enormous, ["LIMIT_EXCEEDED"]],
      ] as const) {
        expect(codes, file).toContain(await dropNetwork(page, file));
        expect(await page.isHidden("#choice")).toBe(true);
        await expect.poll(() => page.workers().length).toBe(0);
      }
      expect(await dropNetwork(page, DIGITS)).toBeNull();
      expect(errors).toEqual([]);
    });
  });

  describe("built and served in different ways", () => {
    let webpack = "";
    beforeAll(async () => {
      webpack = await rebuildPagesWithWebpack(folder);
    });
    afterAll(() => rmSync(webpack, { recursive: true, force: true }));

    const strict = { "content-security-policy": POLICY };
    it.each([
      ["vite", "no headers", {}, false],
      ["vite", "COOP and COEP", ISOLATED, true],
      ["vite", "the strict policy and isolation", { ...ISOLATED, ...strict }, true],
      ["webpack", "no headers", {}, false],
      ["webpack", "COOP and COEP", ISOLATED, true],
      ["webpack", "the strict policy and isolation", { ...ISOLATED, ...strict }, true],
    ])("both pages work, by %s with %s", async (builder, _, headers, isolated) => {
      const site = await serveSite(builder === "vite" ? folder : webpack, headers);
      open.push(site);
      const demo = await opened(`${site.origin}/`);
      await pickSample(demo.page, 0);
      expect((await shownClasses(demo.page, "original"))[0]?.label).toBe("3");
      const threads = await demo.page.textContent("#threads");
      expect(threads).toContain(isolated ? "isolated from other origins" : "not isolated");
      if (!isolated) expect(threads).toContain("Cross-Origin-Opener-Policy: same-origin");
      const pruning = await opened(`${site.origin}/prune.html`);
      await dropNetwork(pruning.page, DIGITS);
      await prune(pruning.page);
      expect(await pruning.page.locator("#result [data-parity]").getAttribute("data-parity")).toBe("holds");
      expect([...demo.errors, ...pruning.errors, ...demo.elsewhere, ...pruning.elsewhere]).toEqual([]);
    });

    it("names HTML that comes instead of the engine or of a network", async () => {
      const start = { status: 200, body: "<!doctype html><title>Start</title>" };
      const wasm = await serveSite(folder, ISOLATED, { pattern: /\.wasm$/, ...start });
      open.push(wasm);
      const pruning = await opened(`${wasm.origin}/prune.html`);
      await dropNetwork(pruning.page, DIGITS);
      await prune(pruning.page);
      expect(await pruning.page.textContent('#result .failure[data-code="UNAVAILABLE"]')).toMatch(
        /got HTML .*, not wasm, from http.*\.wasm/,
      );
      const model = await serveSite(folder, ISOLATED, { pattern: /model\.onnx$/, ...start });
      open.push(model);
      const demo = await opened(`${model.origin}/`);
      await demo.page.locator(".sample").first().click();
      await demo.page.waitForSelector("#answers .failure");
      expect(await demo.page.textContent('#answers .failure[data-code="UNAVAILABLE"]')).toMatch(
        /Got HTML .*, not the network, from .*model\.onnx/,
      );
    });

    it("refuses a network that is not the one that was deployed", async () => {
      const other = join(box, "other");
      cpSync(folder, other, { recursive: true });
      cpSync(join(other, "model.onnx"), join(other, "dense.onnx"));
      const site = await serveSite(other);
      open.push(site);
      const { page } = await opened(`${site.origin}/`);
      await page.locator(".sample").first().click();
      await page.waitForSelector('#answers .failure[data-code="MISMATCH"]');
    });
  });
});
