// Every real model, read and written again: the same fields in the file, the same graph in memory, and bit for bit
// the same outputs on ONNX Runtime.

import { defaultHandlers, randomInputs } from "@espalier/core";
import { concatChunks, DataType, inferFacts, readModel, resolveBindings, writeModel } from "@espalier/ir";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { sameFile } from "../../packages/ir/testing/same-file.js";
import { differences } from "../../packages/ir/testing/same-model.js";
import { DIMS, dataFolder, modelNames, readModelBytes } from "../data-folder.js";

/** Its operators need a library of their own. */
const NOT_RUNNABLE = new Set(["superres_pytorch_prepost_op18"]);

describe.skipIf(dataFolder === null)("a real model read and written again", () => {
  it("is one of 24, of which 23 run", () => {
    expect(modelNames).toHaveLength(24);
    expect(modelNames.filter((name) => NOT_RUNNABLE.has(name))).toHaveLength(1);
  });

  for (const name of modelNames) {
    it(`${name} holds the same fields`, () => {
      const original = readModelBytes(name);
      const written = concatChunks(writeModel(readModel(original)).chunks);
      expect(sameFile(written, original)).toBe(true);
      expect(differences(readModel(written), readModel(original))).toEqual([]);
      expect(sameBits(concatChunks(writeModel(readModel(written)).chunks), written)).toBe(true);
    });
  }

  for (const name of modelNames.filter((one) => !NOT_RUNNABLE.has(one))) {
    it(`${name} computes the same bits`, async () => {
      const original = readModelBytes(name);
      const model = readModel(original);
      const { bindings } = resolveBindings(model, DIMS[name] ?? {});
      const facts = inferFacts(model, { bindings });
      const [feeds = {}] = randomInputs(model, facts, defaultHandlers(), { seed: 1, count: 1 });
      const inputs = Object.fromEntries(
        Object.entries(feeds).map(([input, { dataType, data, dims }]) => [
          input,
          new Tensor(TYPE_NAMES[dataType] as "float32", data as Float32Array, dims),
        ]),
      );
      // One session after the other: two would disturb each other's threads.
      const expected = await outputsOf(original, inputs);
      const actual = await outputsOf(concatChunks(writeModel(model).chunks), inputs);
      expect(Object.keys(actual)).toEqual(Object.keys(expected));
      expect(Object.keys(actual).length).toBeGreaterThan(0);
      for (const output of Object.keys(expected)) {
        expect(actual[output]?.dims, output).toEqual(expected[output]?.dims);
        expect(sameBits(actual[output]?.bytes, expected[output]?.bytes), output).toBe(true);
      }
    });
  }
});

/** What onnxruntime-node calls the element types of the models' inputs. */
const TYPE_NAMES: Readonly<Record<number, string>> = {
  [DataType.FLOAT]: "float32",
  [DataType.FLOAT16]: "float16",
  [DataType.UINT8]: "uint8",
  [DataType.INT32]: "int32",
  [DataType.INT64]: "int64",
};

interface Output {
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

async function outputsOf(
  model: Uint8Array,
  inputs: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Output>> {
  const session = await InferenceSession.create(model, { logSeverityLevel: 3 });
  try {
    const outputs = await session.run(inputs);
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { dims, data }]) => {
        const { buffer, byteOffset, byteLength } = data as Float32Array;
        return [name, { dims, bytes: new Uint8Array(buffer, byteOffset, byteLength).slice() }];
      }),
    );
  } finally {
    await session.release();
  }
}

function sameBits(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && Buffer.compare(a, b) === 0;
}
