// All int8 operators of a network taken apart: one file in which each stands alone, with inputs and outputs of its own, so
// that none sees what another made of its input. One file for all, since opening an interpreter takes longer than running.

import { createHash } from "node:crypto";
import type { Feeds, RuntimeTensor, ValueRange } from "@espalier/core";
import { DataType, readModel } from "@espalier/ir";
import { exportInt8, readTflite, type SubGraph, type TfliteTensor, writeTflite } from "@espalier/tflite";
import { readModelBytes } from "../data-folder.js";

export const INT8_NETWORKS: readonly string[] = ["cifar10-resnet56", "squeezenet1.1-imagenet"];

export interface OperatorApart {
  /** "12 CONV_2D": its place in the network and its type. */
  readonly name: string;
  readonly inputs: readonly TfliteTensor[];
  readonly output: TfliteTensor;
}

export interface OperatorsApart {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly operators: readonly OperatorApart[];
}

/** The operators of a real network in full int8, by ranges that were observed once. */
export function networkApart(name: string, ranges: readonly ValueRange[]): OperatorsApart {
  const { bytes, operators } = exportInt8(readModel(readModelBytes(name)), { bindings: { N: 1 }, ranges });
  if (bytes === null || operators.float > 0) throw new Error(`${name} does not compute in int8`);
  return operatorsApart(bytes);
}

/** Every operator that reads and writes int8. */
export function operatorsApart(bytes: Uint8Array): OperatorsApart {
  const model = readTflite(bytes);
  const [main] = model.subgraphs as [SubGraph];
  const tensors: TfliteTensor[] = [];
  const operators: SubGraph["operators"][number][] = [];
  const apart: OperatorApart[] = [];
  for (const [place, operator] of main.operators.entries()) {
    const used = [...new Set([...operator.inputs, ...operator.outputs])].filter((index) => index >= 0);
    const isStored = (index: number) => main.tensors[index]?.buffer !== 0;
    const moving = used.filter((index) => !isStored(index));
    if (moving.some((index) => main.tensors[index]?.type !== "INT8")) continue;
    const type = model.operatorCodes[operator.opcodeIndex]?.builtinCode;
    const start = tensors.length;
    const placeOf = (index: number) => (index < 0 ? -1 : start + used.indexOf(index));
    for (const [i, index] of used.entries())
      tensors.push({ ...(main.tensors[index] as TfliteTensor), name: `o${place} t${i}` });
    const listed = (index: number) => tensors[placeOf(index)] as TfliteTensor;
    operators.push({
      ...operator,
      inputs: operator.inputs.map(placeOf),
      outputs: operator.outputs.map(placeOf),
    });
    apart.push({
      name: `${place} ${type}`,
      inputs: moving.filter((index) => !operator.outputs.includes(index)).map(listed),
      output: listed(operator.outputs[0] as number),
    });
  }
  const ports = (list: readonly TfliteTensor[]) => list.map((one) => tensors.indexOf(one));
  const [inputs, outputs] = [
    ports(apart.flatMap((one) => one.inputs)),
    ports(apart.map(({ output }) => output)),
  ];
  const file = writeTflite({
    ...model,
    subgraphs: [{ ...main, tensors, operators, inputs, outputs }],
    metadata: [],
    metadataBuffer: [],
    signatureDefs: [],
  });
  return { bytes: file, sha256: createHash("sha256").update(file).digest("hex"), operators: apart };
}

/**
 * Numbers of all sizes around what stands for 0, larger in some channels than in others, as activations are: spread evenly
 * over int8 they would drive most outputs to its ends, where nothing can differ. Integers of the bytes that SHAKE256 makes of
 * a tensor's name, so Python draws the same.
 */
export function int8Inputs({ operators }: OperatorsApart): Feeds {
  return Object.fromEntries(
    operators.flatMap(({ inputs }) =>
      inputs.map(({ name, shape, quantization }): [string, RuntimeTensor] => {
        const zeroPoint = quantization?.zeroPoint[0] ?? 0;
        const channels = shape.at(-1) ?? 1;
        const gains = drawn(`${name} gains`, channels);
        const data = Int8Array.from(new Int8Array(drawn(name, sizeOf(shape)).buffer), (byte, i) => {
          const gain = gains[i % channels] as number;
          return Math.max(-128, Math.min(127, zeroPoint + ((byte * gain * gain) >> 16)));
        });
        return [name, { dataType: DataType.INT8, dims: shape, data }];
      }),
    ),
  );
}

const SAMPLE = 256;

/** Places of an operator's output that are kept as what the reference says; all of a small one. */
export function samplePlaces({ output: { name, shape } }: OperatorApart): readonly number[] {
  const size = sizeOf(shape);
  if (size <= SAMPLE) return Array.from({ length: size }, (_, i) => i);
  return Array.from(new Uint32Array(drawn(`${name} sample`, 4 * SAMPLE).buffer), (draw) => draw % size);
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function drawn(text: string, outputLength: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("shake256", { outputLength }).update(text).digest());
}
