// Mean and variance of every channel of a value over the calibration inputs.

import { DataType, GraphBuilder, intAttribute, rawTensor } from "@espalier/ir";
import { modelBytes } from "../parity/parity.js";
import type { Runtime, RuntimeTensor } from "../runtime.js";

export interface ChannelMoments {
  readonly mean: Float64Array;
  /** Biased: divided by the number of elements, as normalisation does. */
  readonly variance: Float64Array;
}

/**
 * Moments along axis 1 (axis 0 of vectors), summed per batch on the runtime around `origin`, which should lie
 * near the mean: a variance is then no difference of large numbers.
 */
export async function channelMoments(
  runtime: Runtime,
  batches: readonly RuntimeTensor[],
  origin: ArrayLike<number>,
  threads?: number,
): Promise<ChannelMoments> {
  const channels = origin.length;
  const rank = batches[0]?.dims.length ?? 0;
  const channelAxis = rank === 1 ? 0 : 1;
  const precision = runtime.capabilities.float64 ? DataType.DOUBLE : DataType.FLOAT;
  const builder = new GraphBuilder();
  const shape = Array.from({ length: rank }, (_, axis) => `axis_${axis}`);
  const x = builder.input("x", shape, batches[0]?.dataType);
  const wide = builder.op("Cast", [x], { attributes: { to: intAttribute(precision) } });
  const dims = Array.from({ length: rank }, (_, axis) => (axis === channelAxis ? channels : 1));
  const values = precision === DataType.DOUBLE ? Float64Array.from(origin) : Float32Array.from(origin);
  const centre = builder.weight("origin", rawTensor(precision, dims, new Uint8Array(values.buffer)));
  const centred = builder.op("Sub", [wide, centre]);
  const axes = shape.flatMap((_, axis) => (axis === channelAxis ? [] : [axis]));
  const sum = (value: typeof x): typeof x =>
    axes.length === 0
      ? value
      : builder.op("ReduceSum", [value, builder.ints("axes", axes)], {
          attributes: { keepdims: intAttribute(0) },
        });
  builder.output(sum(centred), "first", precision);
  builder.output(sum(builder.op("Mul", [centred, centred])), "second", precision);
  const session = await runtime.load(modelBytes(builder.model()), {
    spinning: false,
    ...(threads === undefined ? {} : { threads }),
  });
  const first = new Float64Array(channels);
  const second = new Float64Array(channels);
  let count = 0;
  try {
    for (const batch of batches) {
      const { first: sums, second: squares } = await session.run({ x: batch });
      if (sums === undefined || squares === undefined) throw new Error("moments are missing");
      count += batch.dims.reduce((product, dim) => product * dim, 1) / channels;
      for (let c = 0; c < channels; c++) {
        first[c] = (first[c] as number) + ((sums.data as Float64Array)[c] as number);
        second[c] = (second[c] as number) + ((squares.data as Float64Array)[c] as number);
      }
    }
  } finally {
    await session.dispose();
  }
  const offset = first.map((sumOf) => sumOf / count);
  return {
    mean: offset.map((d, c) => (origin[c] as number) + d),
    variance: second.map((square, c) => Math.max(0, square / count - (offset[c] as number) ** 2)),
  };
}
