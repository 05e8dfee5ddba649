// One number for agreement. maxRel of an output = max|a − b| / max(max|a|, 1e-6), over all inputs tried: how
// large an output is is a property of the output, not of one draw (a lone probability that happens to be 4e-6
// would make the last bit of a sigmoid look like an error of 1 %). Of a model, the largest over its outputs.

import { bfloat16ToNumber, DataType, float16ToNumber } from "@espalier/ir";
import type { RuntimeTensor } from "../runtime.js";

export interface OutputAgreement {
  readonly name: string;
  /** ∞ when shapes differ or only one side is finite somewhere. */
  readonly maxAbs: number;
  /** Largest finite |a|. */
  readonly scale: number;
  readonly maxRel: number;
  /** Integer and boolean elements that differ. */
  readonly ties: number;
}

/** Agreement of one output, `reference` being a. */
export function compareOutput(
  name: string,
  reference: RuntimeTensor,
  candidate: RuntimeTensor,
): OutputAgreement {
  const [a, b] = [numbersOf(reference), numbersOf(candidate)];
  if (a === null || b === null) {
    const same = JSON.stringify(reference.data) === JSON.stringify(candidate.data);
    return agreement(name, same ? 0 : Number.POSITIVE_INFINITY, 0, 0);
  }
  if (reference.dims.join() !== candidate.dims.join() || a.length !== b.length) {
    return agreement(name, Number.POSITIVE_INFINITY, 0, 0);
  }
  let maxAbs = 0;
  let scale = 0;
  let ties = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    if (Object.is(x, y) || x === y || (Number.isNaN(x) && Number.isNaN(y))) {
      if (Number.isFinite(x)) scale = Math.max(scale, Math.abs(x));
      continue;
    }
    ties++;
    const difference = Math.abs(x - y);
    maxAbs = Math.max(maxAbs, Number.isFinite(difference) ? difference : Number.POSITIVE_INFINITY);
    if (Number.isFinite(x)) scale = Math.max(scale, Math.abs(x));
  }
  const discrete = DISCRETE.has(reference.dataType);
  return agreement(name, maxAbs, scale, discrete ? ties : 0);
}

/** An output that one side does not have. */
export function missingOutput(name: string): OutputAgreement {
  return agreement(name, Number.POSITIVE_INFINITY, 0, 0);
}

/** Agreement of one output over two sets of inputs. */
export function pooled(a: OutputAgreement | undefined, b: OutputAgreement): OutputAgreement {
  if (a === undefined) return b;
  return agreement(b.name, Math.max(a.maxAbs, b.maxAbs), Math.max(a.scale, b.scale), a.ties + b.ties);
}

function agreement(name: string, maxAbs: number, scale: number, ties: number): OutputAgreement {
  return { name, maxAbs, scale, maxRel: maxAbs / Math.max(scale, 1e-6), ties };
}

function numbersOf({ dataType, data }: RuntimeTensor): ArrayLike<number> | null {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  if (Array.isArray(data)) return null;
  const numbers = data as ArrayLike<number>;
  if (dataType === DataType.FLOAT16) return Float64Array.from(numbers, float16ToNumber);
  if (dataType === DataType.BFLOAT16) return Float64Array.from(numbers, bfloat16ToNumber);
  return numbers;
}

const DISCRETE: ReadonlySet<number> = new Set([
  DataType.BOOL,
  DataType.INT8,
  DataType.INT16,
  DataType.INT32,
  DataType.INT64,
  DataType.UINT8,
  DataType.UINT16,
  DataType.UINT32,
  DataType.UINT64,
]);
