// What ONNX Runtime under Node says of an image, decoded by sharp: the truth that pages are held against.

import { readFileSync } from "node:fs";
import { imageToTensor, readInputCard } from "@espalier/interchange";
import { nodeRuntime } from "@espalier/runtime-node";
import sharp from "sharp";
import { expect } from "vitest";
import type { Shown } from "./deploy-web-pages.js";

/** Two engines with kernels of their own. */
const TOLERANCE = 1e-3;

/** The best classes of the digits network at `model`. */
export async function expectedClasses(model: string, picture: string, cardPath: string): Promise<Shown[]> {
  const { data, info } = await sharp(picture)
    .ensureAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const card = readInputCard(new Uint8Array(readFileSync(cardPath)));
  const image = { width: info.width, height: info.height, data: new Uint8ClampedArray(data) };
  const session = await nodeRuntime().load(new Uint8Array(readFileSync(model)), { threads: 1 });
  const { logits } = await session.run({ image: imageToTensor(image, card.inputs[0]!) });
  await session.dispose();
  const powers = Array.from(logits?.data as Float32Array, Math.exp);
  const sum = powers.reduce((a, b) => a + b);
  return powers
    .map((power, i) => ({ label: String(i), value: power / sum }))
    .sort((a, b) => b.value - a.value)
    .slice(0, 5);
}

export function expectSame(
  found: readonly Shown[],
  wanted: readonly Shown[],
  tolerance: number = TOLERANCE,
): void {
  expect(found.map(({ label }) => label)).toEqual(wanted.map(({ label }) => label));
  for (const [i, { value }] of wanted.entries())
    expect(Math.abs((found[i]?.value ?? Number.NaN) - value)).toBeLessThan(tolerance);
}
