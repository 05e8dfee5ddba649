// Ranges of activations over calibration inputs. Where the values come from is the caller's business: an ONNX network on
// a Runtime (onnx-values.ts), or another format on its own interpreter. Values are looked at one tensor at a time and
// not kept.

import { EspalierError } from "@espalier/ir";
import type { ValueRange } from "./affine.js";
import { clipRange, type RangeMethod } from "./clip-range.js";
import { Histogram } from "./histogram.js";

/** Runs a network on all calibration inputs and hands over what every wanted tensor holds, in any order. */
export type ValueSource = (visit: (name: string, values: Float32Array) => void) => Promise<void>;

/**
 * The range of every tensor that the source hands over. `min-max` takes one pass over the source, the others a second
 * one for histograms.
 *
 * @throws EspalierError `NONFINITE` naming the tensor that is NaN or infinite somewhere; what the source throws
 */
export async function observeRanges(
  source: ValueSource,
  method: RangeMethod = { kind: "min-max" },
): Promise<ReadonlyMap<string, ValueRange>> {
  const ranges = new Map<string, ValueRange>();
  await source((name, values) => {
    const { min, max } = extent(name, values);
    const known = ranges.get(name);
    ranges.set(name, { min: Math.min(min, known?.min ?? min), max: Math.max(max, known?.max ?? max) });
  });
  if (method.kind === "min-max") return ranges;
  const histograms = new Map([...ranges].map(([name, range]) => [name, new Histogram(range)]));
  await source((name, values) => histograms.get(name)?.add(values));
  return new Map([...histograms].map(([name, histogram]) => [name, clipRange(histogram, method)]));
}

function extent(name: string, values: Float32Array): ValueRange {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) {
      throw new EspalierError("NONFINITE", "A calibration input makes the network overflow", {
        value: name,
        expected: "finite values",
        found: String(value),
      });
    }
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min > max ? { min: 0, max: 0 } : { min, max }; // no elements
}
