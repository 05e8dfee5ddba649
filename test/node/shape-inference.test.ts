// Shape inference against what really comes out: every intermediate value of every real model is made a graph
// output and run; its shape must be the one inferred, and nearly all of them must have been inferred.

import {
  DataType,
  type Facts,
  inferFacts,
  isStaticShape,
  type Model,
  type Node,
  readModel,
  resolveBindings,
  shapeText,
  type Value,
  writeModel,
} from "@espalier/ir";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { DIMS, dataFolder, modelNames, readModelBytes } from "../data-folder.js";

/** Its operators need a library of their own. */
const NOT_RUNNABLE = new Set(["superres_pytorch_prepost_op18"]);

/** Bytes of intermediate values that one run may return. */
const BYTES_PER_RUN = 256 * 2 ** 20;

describe.skipIf(dataFolder === null)("shape inference of real models", () => {
  let inferred = 0;
  let total = 0;

  for (const name of modelNames.filter((one) => !NOT_RUNNABLE.has(one))) {
    it(`${name}: every inferred shape is the actual one`, async () => {
      const model = readModel(readModelBytes(name));
      const { bindings, unbound } = resolveBindings(model, DIMS[name] ?? {});
      expect(unbound).toEqual([]);
      const facts = inferFacts(model, { bindings });
      const values = computedValues(model);
      const actual = await actualShapes(model, facts, values);
      const wrong: string[] = [];
      const open: string[] = [];
      for (const [value, { dims, type }] of actual) {
        const shape = facts.shape(value);
        if (shape === null || !isStaticShape(shape))
          open.push(`${where(value.producer)} ${shapeText(shape)}, is ${dims}`);
        else if (shape.join() !== dims.join())
          wrong.push(`${where(value.producer)} ${shapeText(shape)}, is ${dims}`);
        if (facts.dataType(value) !== type)
          wrong.push(`${where(value.producer)} type ${facts.dataType(value)}, is ${type}`);
        if (shape === null) continue;
        // Open dimensions must at least have the right number.
        if (shape.length !== dims.length)
          wrong.push(`${where(value.producer)} rank ${shape.length}, is ${dims.length}`);
      }
      total += actual.size;
      inferred += actual.size - open.length;
      expect(wrong).toEqual([]);
      expect(open.length / actual.size, `not inferred: ${open.join("; ")}`).toBeLessThanOrEqual(0.05);
    });
  }

  it("infers at least 95 of 100 values", () => {
    expect(inferred / total).toBeGreaterThanOrEqual(0.95);
  });

  it("gets through a model with operators that nobody knows", () => {
    for (const name of NOT_RUNNABLE) expect(() => inferFacts(readModel(readModelBytes(name)))).not.toThrow();
  });
});

function where(node: Node | null): string {
  return node === null ? "input" : `${node.opType} ${node.outputs.map((one) => one?.name).join(" ")}:`;
}

function computedValues(model: Model): Value[] {
  return [...model.graph.nodes].flatMap((node) => node.outputs.filter((output) => output !== null));
}

/** Dimensions and element types as the runtime makes them, without fusing any nodes. */
async function actualShapes(
  model: Model,
  facts: Facts,
  values: readonly Value[],
): Promise<Map<Value, { dims: readonly number[]; type: number }>> {
  model.graph.outputs.length = 0;
  for (const value of values) {
    // What the file declares is not always true: leave it to the runtime.
    value.type = null;
    model.graph.outputs.push(value);
  }
  const bytes = Buffer.concat(writeModel(model, { external: "never" }).chunks);
  const session = await InferenceSession.create(bytes, {
    graphOptimizationLevel: "disabled",
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const feeds = Object.fromEntries(session.inputNames.flatMap((name) => feedFor(model, facts, name)));
  const found = new Map<Value, { dims: readonly number[]; type: number }>();
  for (const group of inGroups(values, facts)) {
    const results = await session.run(
      feeds,
      group.map((value) => value.name),
    );
    for (const value of group) {
      const { dims, type } = results[value.name] as Tensor;
      found.set(value, { dims, type: TYPE_CODES[type] ?? -1 });
    }
  }
  await session.release();
  return found;
}

function inGroups(values: readonly Value[], facts: Facts): Value[][] {
  const groups: Value[][] = [];
  let room = 0;
  for (const value of values) {
    const shape = facts.shape(value);
    const bytes = shape !== null && isStaticShape(shape) ? 4 * shape.reduce((a, b) => a * b, 1) : 0;
    if (groups.length === 0 || bytes > room) {
      groups.push([]);
      room = BYTES_PER_RUN;
    }
    groups[groups.length - 1]?.push(value);
    room -= bytes;
  }
  return groups;
}

/** Nothing for an overridable initialiser, which keeps its value. */
function feedFor(model: Model, facts: Facts, name: string): [string, Tensor][] {
  const input = model.graph.inputs.find((one) => one.name === name);
  if (input === undefined || input.initializer !== null) return [];
  const dims = facts.shape(input) as number[];
  const size = dims.reduce((a, b) => a * b, 1);
  const integer = name === "sr" ? 16000 : 1;
  switch (facts.dataType(input)) {
    case DataType.FLOAT:
      return [
        [
          name,
          new Tensor(
            "float32",
            Float32Array.from({ length: size }, (_, i) => Math.sin(i)),
            dims,
          ),
        ],
      ];
    case DataType.FLOAT16:
      return [[name, new Tensor("float16", new Uint16Array(size).fill(0x3800), dims)]];
    case DataType.INT64:
      return [[name, new Tensor("int64", new BigInt64Array(size).fill(BigInt(integer)), dims)]];
    case DataType.INT32:
      return [[name, new Tensor("int32", new Int32Array(size).fill(integer), dims)]];
    case DataType.UINT8:
      return [[name, new Tensor("uint8", new Uint8Array(size).fill(integer), dims)]];
    default:
      throw new Error(`no feed for input ${name}`);
  }
}

const TYPE_CODES: Readonly<Record<string, number>> = {
  float32: DataType.FLOAT,
  float16: DataType.FLOAT16,
  float64: DataType.DOUBLE,
  int64: DataType.INT64,
  int32: DataType.INT32,
  uint8: DataType.UINT8,
  int8: DataType.INT8,
  bool: DataType.BOOL,
};
