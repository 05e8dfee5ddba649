// The least time a layer can take on a device: its products at the peak rate, or its bytes at the peak bandwidth,
// whichever is longer (Williams et al. 2009, "Roofline"). It tells which of the two 2:4 can shorten, not how long a
// layer takes.

import type { Device } from "./devices.js";
import type { LayerGeometry } from "./layer-geometry.js";

export type Precision = "float16" | "int8";

export interface LayerBound {
  readonly denseUs: number;
  readonly sparseUs: number;
  /** dense / sparse: 2 where products bound the layer, about 1.8 where weights do, 1 where activations do. */
  readonly speedup: number;
  readonly boundBy: "products" | "bytes";
}

/** Bits of a weight that is kept, and of where it lay: 2 (Mishra et al. 2021, §3). */
const INDEX_BITS = 2;

/** null where a size is open. */
export function layerBound(
  { macs, weights, activations }: LayerGeometry,
  device: Device,
  precision: Precision,
): LayerBound | null {
  if (macs === null || activations === null) return null;
  const bits = precision === "float16" ? 16 : 8;
  const rate = (precision === "float16" ? device.float16Tflops : device.int8Tops) * 1e6; // per µs
  const bytesUs = (count: number): number => count / (device.bandwidthGBs * 1e3);
  const products = (2 * macs) / rate;
  const moved = bytesUs((activations * bits) / 8);
  const dense = moved + bytesUs((weights * bits) / 8);
  const sparse = moved + bytesUs((weights * (bits + INDEX_BITS)) / 2 / 8);
  const [denseUs, sparseUs] = [Math.max(products, dense), Math.max(products / device.sparseFactor, sparse)];
  return { denseUs, sparseUs, speedup: denseUs / sparseUs, boundBy: products > dense ? "products" : "bytes" };
}
