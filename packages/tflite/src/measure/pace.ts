// What operators are held against: a small network that takes turns with each of them. A machine changes its speed from
// second to second, by half where two programs share a core; of two times taken side by side the ratio stays.

import { type Feeds, median, modelBytes, type TimeRuns } from "@espalier/core";
import { DataType, floatTensor, GraphBuilder, intsAttribute } from "@espalier/ir";

const SIZE = 28;
const WIDTH = 16;
const ROUNDS = 5;
const BLOCK_MS = 2;
const MOST_RUNS_IN_BLOCK = 2000;

/** A 3×3 convolution of 28 × 28 with 16 channels in and out, 1.8 million MACs. */
export function paceNetwork(): { readonly onnx: Uint8Array; readonly feeds: Feeds } {
  const net = new GraphBuilder();
  const dims = [1, WIDTH, SIZE, SIZE];
  const x = net.input("x", dims);
  const weights = Float32Array.from({ length: WIDTH * WIDTH * 9 }, (_, i) => ((i % 7) - 3) / 64);
  const w = net.weight("w", floatTensor([WIDTH, WIDTH, 3, 3], weights));
  const attributes = { kernel_shape: intsAttribute([3, 3]), pads: intsAttribute([1, 1, 1, 1]) };
  net.output(net.op("Conv", [x, w], { attributes }), "y");
  const data = Float32Array.from({ length: WIDTH * SIZE * SIZE }, (_, i) => ((i % 11) - 5) / 5);
  return {
    onnx: modelBytes(net.model()),
    feeds: { x: { dataType: DataType.FLOAT, dims, data } },
  };
}

/** Microseconds of a file at the speed at which the pace first ran. */
export type PacedTime = (file: TimeRuns) => Promise<number>;

export function pacedBy(pace: TimeRuns): PacedTime {
  let runMs: number | null = null;
  return async (file) => {
    const [first = BLOCK_MS] = await file(1, 1);
    const inBlock = (ms: number): number =>
      Math.max(1, Math.min(MOST_RUNS_IN_BLOCK, Math.round(BLOCK_MS / Math.max(ms, 1e-3))));
    runMs ??= median(await pace(5, 50));
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const early = round % 2 === 0 ? await file(1, inBlock(first)) : null;
      const beside = await pace(1, inBlock(runMs));
      ratios.push(median(early ?? (await file(1, inBlock(first)))) / median(beside));
    }
    return 1000 * runMs * median(ratios);
  };
}
