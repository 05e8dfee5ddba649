// The page of deploy-tflite in a Chromium: what it answers on both interpreters, what a camera is good for and what it
// says where there is none, and that nothing leaves the tab.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RELAXED_SIMD_MODULE } from "../../packages/runtime-tflite/src/worker/relaxed-simd.js";
import { chromium, launchChromium } from "../chromium.js";
import { DIGITS, deployDigitsBy, SAMPLES, type ServedPages, serveBy } from "../deploy-process.js";
import { openPage, pickSample, type Shown, shownClasses } from "./deploy-web-pages.js";
import { expectedClasses, expectSame } from "./expected-classes.js";

const ELSEWHERE = "pages.test";
/** What video is made of (BT.601 with 16…235, scaled) moves pixels by some of their 255 steps. */
const VIDEO_TOLERANCE = 0.05;

describe.skipIf(!chromium)("the page of deploy-tflite", () => {
  let box = "";
  let folder = "";
  let browser: Browser;
  /** May use the camera. */
  let context: BrowserContext;
  let server: ServedPages;

  beforeAll(async () => {
    box = mkdtempSync(join(tmpdir(), "espalier-tflite-page-"));
    folder = join(box, "page");
    const { status, stderr } = deployDigitsBy("deploy-tflite", folder);
    expect(status, stderr).toBe(0);
    server = await serveBy("deploy-tflite", folder, "--name", ELSEWHERE);
    const film = join(box, "three.y4m");
    writeFileSync(film, await filmOf(SAMPLES[0] as string));
    browser = await launchChromium([
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-video-capture=${film}`,
      `--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1`,
    ]);
    context = await browser.newContext({ permissions: ["camera"] });
    context.setDefaultTimeout(100_000);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(box, { recursive: true, force: true });
  });

  const expected = (model: string, sample: number): Promise<Shown[]> =>
    expectedClasses(model, SAMPLES[sample] as string, join(folder, "model.io.json"));
  const answered = (page: Page, engine: string) =>
    page.waitForSelector(`#answers:not([aria-busy]) [data-answers="${engine}"]`);

  it("answers on both interpreters as ONNX Runtime under Node does, and asks nobody else", async () => {
    const { page, errors, elsewhere } = await openPage(context, server.url);
    for (const [sample, engine] of [
      [0, "litert"],
      [1, "tfjs"],
    ] as const) {
      await pickSample(page, sample);
      await page.check(`#${engine}`);
      await answered(page, engine);
      expectSame(await shownClasses(page, "original"), await expected(DIGITS, sample));
      expectSame(await shownClasses(page, "pruned"), await expected(join(folder, "pruned.onnx"), sample));
      expect(await page.textContent("#answers")).toMatch(/One run each took [\d.]+\sms and [\d.]+\sms/);
    }
    await page.setInputFiles("#file", { name: "a.png", mimeType: "image/png", buffer: Buffer.from("none") });
    await page.waitForSelector('#answers .failure[data-code="UNSUPPORTED_FORMAT"]');
    await page.setInputFiles("#file", [SAMPLES[2] as string]);
    await answered(page, "tfjs");
    expectSame(await shownClasses(page, "original"), await expected(DIGITS, 2));
    // What the worker chooses its build by is a module that this browser takes.
    const taken = (bytes: number[]) => WebAssembly.validate(Uint8Array.from(bytes));
    expect(await page.evaluate(taken, [...RELAXED_SIMD_MODULE])).toBe(true);
    await page.click("#measure");
    await page.waitForSelector("#latency [data-latency]");
    expect(await page.locator("#latency tr[data-model]").count()).toBe(2);
    expect({ errors, elsewhere }).toEqual({ errors: [], elsewhere: [] });
    await page.close();
  });

  it("answers what a camera sees, frame by frame, and lets go of it", async () => {
    const { page, errors, elsewhere } = await openPage(context, server.url);
    const tracks = (): Promise<string[]> =>
      page.evaluate(() => {
        const page = globalThis as { seen?: Set<MediaStreamTrack> };
        page.seen ??= new Set();
        const { srcObject } = document.getElementById("video") as HTMLVideoElement;
        if (srcObject instanceof MediaStream) for (const track of srcObject.getTracks()) page.seen.add(track);
        return [...page.seen].map(({ readyState }) => readyState);
      });
    await page.click("#camera-start");
    await page.waitForSelector("#camera:not([hidden])");
    await answered(page, "litert");
    const first = Number(await page.getAttribute("#answers", "data-turn"));
    await page.waitForFunction(
      (turn) => Number(document.getElementById("answers")?.dataset.turn) > turn + 2,
      first,
    );
    expect(await tracks()).toEqual(["live"]);
    expectSame(
      await shownClasses(page, "original").then(best),
      best(await expected(DIGITS, 0)),
      VIDEO_TOLERANCE,
    );

    await page.click("#camera-take");
    await page.waitForSelector("#picture:not([hidden])");
    await page.waitForSelector("#measure:not([disabled])");
    expect(await page.isHidden("#camera")).toBe(true);
    expectSame(
      await shownClasses(page, "original").then(best),
      best(await expected(DIGITS, 0)),
      VIDEO_TOLERANCE,
    );
    expect(await tracks()).toEqual(["ended"]);

    await page.click("#camera-start");
    await page.waitForSelector("#camera:not([hidden])");
    expect((await tracks()).at(-1)).toBe("live");
    await pickSample(page, 1); // a picture from elsewhere ends it as well
    await page.waitForSelector("#measure:not([disabled])");
    expectSame(await shownClasses(page, "original"), await expected(DIGITS, 1));
    expect((await tracks()).at(-1)).toBe("ended");
    expect({ errors, elsewhere }).toEqual({ errors: [], elsewhere: [] });
    await page.close();
  });

  it("says why there is no camera, and answers files all the same", async () => {
    const without = await launchChromium();
    try {
      const cases = [
        [browser, [], server.url, "denied", /not allowed/],
        [without, ["camera"], server.url, "missing", /no camera/],
        [browser, ["camera"], server.url.replace("127.0.0.1", ELSEWHERE), "insecure", /https/],
      ] as const;
      for (const [where, permissions, url, trouble, said] of cases) {
        const own = await where.newContext();
        await own.grantPermissions([...permissions]);
        const { page, elsewhere } = await openPage(own, url);
        await page.click("#camera-start");
        await page.waitForSelector(`#camera-message [data-camera="${trouble}"]`);
        expect(await page.textContent("#camera-message")).toMatch(said);
        expect(await page.isVisible("#camera-start")).toBe(true);
        if (trouble !== "missing") {
          await pickSample(page, 0);
          expectSame(await shownClasses(page, "original"), await expected(DIGITS, 0));
        }
        expect(elsewhere).toEqual([]);
        await own.close();
      }
    } finally {
      await without.close();
    }
  });
});

function best(classes: readonly Shown[]): Shown[] {
  return classes.slice(0, 1);
}

/** An image as a film of uncompressed video, stretched to what cameras give. */
async function filmOf(picture: string): Promise<Uint8Array> {
  const [width, height] = [560, 420];
  const luma = await sharp(picture)
    .resize(width, height, { fit: "fill", kernel: "nearest" })
    .greyscale()
    .raw()
    .toBuffer();
  const grey = Buffer.alloc((width * height) / 2, 128);
  const frame = Buffer.concat([Buffer.from("FRAME\n"), luma, grey]);
  return Buffer.concat([
    Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`),
    frame,
    frame,
  ]);
}
