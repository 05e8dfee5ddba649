// What TensorFlow's interpreter makes of the fixtures (make_golden.py).

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { RuntimeTensor } from "@espalier/core";
import { elementTypeOfName } from "@espalier/core/engine";

interface PackedTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: string;
}

interface PackedSample {
  readonly inputs: Readonly<Record<string, PackedTensor>>;
  readonly outputs: Readonly<Record<string, PackedTensor>>;
}

type Tensors = Readonly<Record<string, RuntimeTensor>>;

export interface GoldenSample {
  readonly inputs: Tensors;
  readonly outputs: Tensors;
}

const packed = JSON.parse(
  readFileSync(fileURLToPath(new URL("./golden.json", import.meta.url)), "utf8"),
) as Record<string, PackedSample[]>;

export const GOLDEN_NAMES: readonly string[] = Object.keys(packed);

export function goldenSamples(name: string): readonly GoldenSample[] {
  return (packed[name] ?? []).map(({ inputs, outputs }) => ({
    inputs: unpackAll(inputs),
    outputs: unpackAll(outputs),
  }));
}

/** The file that TensorFlow's converter wrote. */
export function fixtureBytes(name: string): Uint8Array {
  const path = fileURLToPath(new URL(`../../packages/tflite/fixtures/${name}.tflite`, import.meta.url));
  return new Uint8Array(readFileSync(path));
}

function unpackAll(tensors: Readonly<Record<string, PackedTensor>>): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, unpack(tensor)]));
}

function unpack({ type, dims, data }: PackedTensor): RuntimeTensor {
  const element = elementTypeOfName(type);
  if (element?.array == null) throw new Error(`no tensors of type ${type}`);
  return {
    dataType: element.code,
    dims,
    data: new element.array(new Uint8Array(Buffer.from(data, "base64")).buffer),
  };
}
