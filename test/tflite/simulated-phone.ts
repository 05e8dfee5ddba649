// A machine whose every time is known: what a file takes there is worked out from its operators. Stairs of eight
// channels, 4 MACs a nanosecond, 2 elements a nanosecond; a file by itself takes a little more than what is in it.

import type { TfliteRuntime } from "@espalier/core";
import { readTflite, type TfliteTensor } from "@espalier/tflite";

export const STEP = 8;
const RUN_US = 40;

/** Microseconds of one run. */
export function simulatedUs(file: Uint8Array): number {
  const model = readTflite(file);
  const [main] = model.subgraphs;
  if (main === undefined) throw new Error("a file without a graph");
  return main.operators.reduce((sum, operator) => {
    const at = (index: number | undefined): TfliteTensor => main.tensors[index ?? -1] as TfliteTensor;
    const kind = model.operatorCodes[operator.opcodeIndex]?.builtinCode;
    const result = sizeOf(at(operator.outputs[0]));
    if (kind !== "CONV_2D" && kind !== "FULLY_CONNECTED") return sum + 1 + result / 2000;
    const { shape } = at(operator.inputs[1]);
    const [out = 1, read = 1] = [shape[0], shape.at(-1)];
    const macs = (result / out) * sizeOf({ shape });
    return sum + 3 + (macs * up(out) * up(read)) / 4000;
  }, RUN_US);
}

/** How many files were put on it. */
export interface Simulated {
  readonly interpreter: TfliteRuntime;
  loaded(): number;
}

export function simulatedPhone(): Simulated {
  let loaded = 0;
  const interpreter = {
    name: "simulated phone 1",
    capabilities: { engine: "wasm", threads: 1, dataTypes: [] },
    openTimer: async () => ({
      load: async (file: Uint8Array) => {
        loaded += 1;
        const ms = simulatedUs(file) / 1000;
        return async (_: number, runs: number) => Array.from({ length: runs }, () => ms);
      },
      dispose: async () => {},
    }),
  } as unknown as TfliteRuntime;
  return { interpreter, loaded: () => loaded };
}

function up(width: number): number {
  return (Math.ceil(width / STEP) * STEP) / width;
}

function sizeOf({ shape }: Pick<TfliteTensor, "shape">): number {
  return shape.reduce((product, size) => product * size, 1);
}
