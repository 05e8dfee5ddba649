// Inputs for networks that take pixels from 0 to 255. On N(0, 1) they see an image of one grey, where differences of
// nearly equal numbers leave ONNX Runtime itself 7e-5 and 1e-3 from float64.

import { type Feeds, seededRandom } from "@espalier/core";
import { DataType } from "@espalier/ir";

const PIXELS: ReadonlySet<string> = new Set(["yolox_nano", "style-candy"]);

/** `drawn` as it is, or, for a network of pixels, an image of seeded noise in its place. */
export function legalInputs(name: string, drawn: Feeds, seed: number): Feeds {
  if (!PIXELS.has(name)) return drawn;
  const random = seededRandom(seed, "pixels");
  return Object.fromEntries(
    Object.entries(drawn).map(([input, { dims, data }]) => [
      input,
      {
        dataType: DataType.FLOAT,
        dims,
        data: Float32Array.from(data as Float32Array, () => random.integer(0, 255)),
      },
    ]),
  );
}
