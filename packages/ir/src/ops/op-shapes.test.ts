// Every operator's inference against what ONNX Runtime gives (fixtures/op_shapes.py), once with all sizes known
// and once with every size of every fed input a symbol of its own.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bitsPerElement, DataType } from "../data-type.js";
import { bindDim, type Dim, isStatic, symbol } from "../dim.js";
import type { Attribute } from "../graph/attribute.js";
import {
  floatAttribute,
  floatsAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute,
  tensorAttribute,
} from "../graph/attribute.js";
import { Graph } from "../graph/graph.js";
import { Model } from "../graph/model.js";
import { Value } from "../graph/value.js";
import { inferFacts } from "../shape/infer.js";
import { rawTensor, type Tensor } from "../tensor.js";
import { numberToFloat16 } from "../tensor-values.js";

interface Operand {
  readonly type: number;
  readonly shape: readonly number[];
  readonly values?: readonly number[];
}

interface CaseAttribute {
  readonly tensor?: Operand;
  readonly string?: string;
  readonly float?: number;
  readonly floats?: readonly number[];
  readonly int?: number;
  readonly ints?: readonly number[];
}

interface Case {
  readonly op: string;
  readonly domain?: string;
  readonly opset: number;
  readonly inputs: readonly (Operand | null)[];
  readonly attributes: Readonly<Record<string, CaseAttribute>>;
  readonly outputs: readonly (Operand | null)[];
}

const CASES: readonly Case[] = JSON.parse(
  readFileSync(new URL("../../fixtures/op-shapes.json", import.meta.url), "utf8"),
);

describe("inference of one node", () => {
  it("has many cases", () => {
    expect(CASES.length).toBeGreaterThan(500);
  });

  for (const op of new Set(CASES.map((one) => one.op))) {
    const cases = CASES.filter((one) => one.op === op);
    it(`${op}: gives the types and shapes of ONNX Runtime (${cases.length} cases)`, () => {
      for (const one of cases) {
        const { model, outputs } = modelOf(one, (size) => size);
        const facts = inferFacts(model);
        const found = outputs.map((v) => v && { type: facts.dataType(v), shape: facts.shape(v) });
        expect(found, describeCase(one)).toEqual(one.outputs);
      }
    });

    it(`${op}: says nothing false of symbolic sizes`, () => {
      for (const one of cases) {
        const sizes = new Map<string, number>();
        const { model, outputs } = modelOf(one, (size, name) => {
          sizes.set(name, size);
          return symbol(name);
        });
        const facts = inferFacts(model);
        for (const [i, output] of outputs.entries()) {
          const expected = one.outputs[i]?.shape;
          const shape = output && facts.shape(output);
          if (!shape || expected === undefined) continue;
          expect(shape.length, describeCase(one)).toBe(expected.length);
          for (const [axis, dim] of shape.entries()) {
            const bound = bindDim(dim, sizes);
            if (isStatic(bound)) expect(bound, `${describeCase(one)} axis ${axis}`).toBe(expected[axis]);
          }
        }
      }
    });
  }
});

function describeCase({ op, opset, attributes, inputs }: Case): string {
  return `${op}-${opset} ${JSON.stringify(attributes)} of ${inputs.map((one) => JSON.stringify(one)).join(" ")}`;
}

function modelOf(
  one: Case,
  dim: (size: number, name: string) => Dim,
): { model: Model; outputs: (Value | null)[] } {
  const graph = new Graph("g");
  const inputs = one.inputs.map((operand, i) => {
    if (operand === null) return null;
    if (operand.values !== undefined) return graph.addInitializer(`i${i}`, tensorOf(operand));
    const shape = operand.shape.map((size, axis) => dim(size, `d${i}${axis}`));
    return graph.addInput(`i${i}`, { kind: "tensor", dataType: operand.type, shape });
  });
  const outputs = one.outputs.map((output, i) => output && new Value(`o${i}`));
  graph.addNode({
    opType: one.op,
    domain: one.domain ?? "",
    inputs,
    outputs,
    attributes: Object.fromEntries(
      Object.entries(one.attributes).map(([name, value]) => [name, attributeOf(value)]),
    ),
  });
  return { model: new Model({ graph, opsets: { "": one.opset } }), outputs };
}

function attributeOf({ tensor, string, float, floats, int, ints }: CaseAttribute): Attribute {
  if (tensor !== undefined) return tensorAttribute(tensorOf(tensor));
  if (string !== undefined) return stringAttribute(string);
  if (float !== undefined) return floatAttribute(float);
  if (floats !== undefined) return floatsAttribute(floats);
  return int !== undefined ? intAttribute(int) : intsAttribute(ints ?? []);
}

function tensorOf({ type, shape, values = [] }: Operand): Tensor {
  const width = (bitsPerElement(type) ?? 8) / 8;
  const bytes = new Uint8Array(values.length * width);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) write(view, type, i * width, value);
  return rawTensor(type, shape, bytes);
}

function write(view: DataView, type: number, at: number, value: number): void {
  if (type === DataType.FLOAT) view.setFloat32(at, value, true);
  else if (type === DataType.DOUBLE) view.setFloat64(at, value, true);
  else if (type === DataType.FLOAT16) view.setUint16(at, numberToFloat16(value), true);
  else if (type === DataType.INT32) view.setInt32(at, value, true);
  // JSON has no room for the last digits of INT64_MAX.
  else if (type === DataType.INT64)
    view.setBigInt64(at, value >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(value), true);
  else view.setUint8(at, value);
}
