// Calibration inputs as a file takes them: sets of several items are cut to the batch that it was made for.

import type { Feeds, RuntimeTensor } from "@espalier/core";

/**
 * @param sets as ONNX has them, all inputs of a set with the same leading axis
 * @param batch size of the leading axis in the file
 * @returns the same items in sets of `batch`; what does not fill one at the end of a set is left out
 */
export function unbatched(sets: readonly Feeds[], batch: number): readonly Feeds[] {
  return sets.flatMap((set) => {
    const items = Object.values(set)[0]?.dims[0] ?? batch;
    const whole = Object.values(set).every(({ dims }) => dims[0] === items);
    if (!whole || items <= batch) return [set];
    return Array.from({ length: Math.floor(items / batch) }, (_, i) =>
      Object.fromEntries(Object.entries(set).map(([name, tensor]) => [name, part(tensor, i * batch, batch)])),
    );
  });
}

function part({ dataType, dims, data }: RuntimeTensor, from: number, count: number): RuntimeTensor {
  const size = data.length / (dims[0] ?? 1);
  return { dataType, dims: [count, ...dims.slice(1)], data: data.slice(from * size, (from + count) * size) };
}
