// A stored tensor in float16, and what that costs it.

import { DataType, numberToFloat16, rawTensor, readFloats, type Tensor } from "@espalier/ir";

/** From here on the nearest float16 is infinity: half-way between 65504, the largest, and what would come next. */
const INFINITE = 65520;

export interface Float16Tensor {
  readonly tensor: Tensor;
  /** Numbers below 2⁻¹⁴, which float16 stores with fewer bits, and those among them that become 0. */
  readonly subnormal: number;
  readonly flushed: number;
}

/** Whether every finite element stays finite in float16. Infinities are what they are. */
export function fitsFloat16(tensor: Tensor): boolean {
  return readFloats(tensor).every((value) => !Number.isFinite(value) || Math.abs(value) < INFINITE);
}

/** Rounded to the nearest, ties to even. Zeros stay zeros, so a pattern stays one. */
export function float16Tensor(tensor: Tensor): Float16Tensor {
  const values = readFloats(tensor);
  const bytes = new Uint8Array(2 * values.length);
  const view = new DataView(bytes.buffer);
  let [subnormal, flushed] = [0, 0];
  for (const [i, value] of values.entries()) {
    const bits = numberToFloat16(value);
    view.setUint16(2 * i, bits, true);
    const magnitude = bits & 0x7fff;
    if (value === 0 || magnitude >= 0x400) continue;
    subnormal++;
    if (magnitude === 0) flushed++;
  }
  return { tensor: rawTensor(DataType.FLOAT16, tensor.dims, bytes, tensor.name), subnormal, flushed };
}
