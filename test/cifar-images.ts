// Images of the CIFAR-10 test set (data README: per record one label and 3072 bytes, planes R, G, B of 32 × 32).

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { dataFolder } from "./data-folder.js";

const SIDE = 32;
const PLANE = SIDE * SIDE;

/** The first `count` images as RGBA. */
export function cifarImages(count: number): Uint8ClampedArray[] {
  const records = gunzipSync(readFileSync(join(dataFolder ?? "", "cifar10/test_2k.bin.gz")));
  return Array.from({ length: count }, (_, image) => {
    const planes = records.subarray(image * (3 * PLANE + 1) + 1);
    const pixels = new Uint8ClampedArray(PLANE * 4).fill(255);
    for (let at = 0; at < PLANE; at++)
      for (let c = 0; c < 3; c++) pixels[at * 4 + c] = planes[c * PLANE + at] as number;
    return pixels;
  });
}
