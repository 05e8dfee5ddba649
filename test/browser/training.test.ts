// Training in a page: @espalier/train on onnxruntime-web, built by vite from the sources, does in Chromium what it does
// on onnxruntime-node here.

import { rmSync } from "node:fs";
import { modelBytes } from "@espalier/core";
import { batches } from "@espalier/data";
import { loadCifar10 } from "@espalier/data/node";
import { readModel } from "@espalier/ir";
import { nodeRuntime } from "@espalier/runtime-node";
import { createTrainer, crossEntropy, sgd } from "@espalier/train";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromium, launchChromium } from "../chromium.js";
import { dataFolder, readModelBytes } from "../data-folder.js";
import { clouds, convolutional } from "../training-networks.js";
import { buildWithVite } from "./pages/build.js";
import type { Offered } from "./pages/training/main.js";
import { serveSite } from "./site.js";

const BATCH = 16;
const RATE = 0.01;
/** Of the largest entry of a tensor: two engines with kernels of their own. */
const TOLERANCE = 1e-4;
/**
 * Of gradients. Where the input of a Relu is zero but for its last digits, one engine may let a gradient through that the
 * other does not: with 16 images each such place is worth up to half a percent. Without one they agree to 2e-6.
 */
const GRADIENT_TOLERANCE = 1e-2;

declare const espalier: Offered;

describe.skipIf(!chromium)("a step of training", () => {
  let folder: string;
  let browser: Browser;
  let site: Awaited<ReturnType<typeof serveSite>>;

  beforeAll(async () => {
    folder = await buildWithVite("training");
    site = await serveSite(folder, {});
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const withData = it.skipIf(dataFolder === null);
  withData("changes every tensor of resnet20 in Chromium as in Node", { timeout: 120_000 }, async () => {
    site.files.set("/resnet20.onnx", readModelBytes("cifar10-resnet20"));
    const { train } = await loadCifar10({
      normalise: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    });
    const { input, labels } = batches(train, { batch: BATCH, seed: 1 }).read(0);

    const trainer = await createTrainer({
      ...{
        runtime: nodeRuntime(),
        threads: 1,
        model: readModel(readModelBytes("cifar10-resnet20")),
        bindings: { N: BATCH },
      },
      ...{ loss: crossEntropy(), optimiser: sgd({ momentum: 0.9, weightDecay: 1e-4 }) },
    });
    const expected = await trainer.train({ input, labels }, RATE);
    const after = trainer.state().tensors;
    const names = trainer.parameters.map(({ name }) => name);
    await trainer.dispose();

    const page = await openPage();
    const found = await page.evaluate((batch) => espalier.trainStep("/resnet20.onnx", batch), {
      images: [...(input.data as Float32Array)],
      labels: [...(labels.data as BigInt64Array)].map(Number),
      rate: RATE,
    });
    await page.close();

    expect(found.loss).toBeCloseTo(expected.loss, 4);
    expect(found.correct).toBe(expected.correct);
    expect(Object.keys(found.state).sort()).toEqual([...after.keys()].sort());
    expect(names.length).toBeGreaterThan(50);
    for (const [name, values] of after) {
      const theirs = found.state[name] as readonly number[];
      // After one step the velocity is the gradient.
      const tolerance = name.startsWith("velocity/") ? GRADIENT_TOLERANCE : TOLERANCE;
      expect(maxRel(values, theirs), name).toBeLessThanOrEqual(tolerance);
    }
    for (const name of names) expect(after.get(`velocity/${name}`)?.some((value) => value !== 0)).toBe(true);
  });

  it("is the same, to the bit, where one call does several", async () => {
    site.files.set("/small.onnx", modelBytes(convolutional()));
    const { inputs, labels } = clouds(8, [1, 8, 8], 3);
    const batch = { images: [...inputs], labels, rate: 0.1 };
    const page = await openPage();
    const found = [];
    for (const perRun of [1, 3])
      found.push(
        await page.evaluate(([given, how]) => espalier.trainSteps("/small.onnx", given, how), [
          batch,
          { steps: 6, perRun },
        ] as const),
      );
    await page.close();
    const [single, together] = found;
    expect(together).toEqual(single);
    expect(single?.loss).toBeGreaterThan(0);
  });

  const openPage = async () => {
    const page = await browser.newPage();
    await page.goto(site.origin);
    await page.waitForFunction(() => "espalier" in globalThis);
    return page;
  };
});

/** max |a − b| / max |a| */
function maxRel(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [apart, largest] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    apart = Math.max(apart, Math.abs((a[i] as number) - (b[i] as number)));
    largest = Math.max(largest, Math.abs(a[i] as number));
  }
  return apart / largest;
}
