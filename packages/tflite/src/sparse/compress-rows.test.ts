import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { floatConstant, type GraphTensor, graphTensor } from "../graph/graph-tensor.js";
import { toModel } from "../graph/to-model.js";
import { makeOptions } from "../make-options.js";
import type { TfliteModel } from "../model.js";
import { readTflite } from "../read-tflite.js";
import { writeTflite } from "../write-tflite.js";
import { compressRows, storedBytes } from "./compress-rows.js";

/** A file that widens one weight. */
function fileOf(sparse: GraphTensor): Uint8Array {
  const wide = graphTensor("FLOAT32", sparse.shape, null, "wide");
  const graph = {
    inputs: [],
    outputs: [wide],
    erfs: new Map(),
    operators: [
      {
        ...{ builtin: "DENSIFY" as const, inputs: [sparse], outputs: [wide] },
        options: makeOptions("DensifyOptions"),
      },
    ],
  };
  const names = { graph: "main", description: "", inputs: [], outputs: ["wide"], metadata: {} };
  return writeTflite(toModel(graph, names));
}

/** Every element of the first tensor, by the levels that the file states: dense ones but for the last. */
function widen({ subgraphs, buffers }: TfliteModel): Float32Array {
  const [tensor] = subgraphs[0]?.tensors ?? [];
  const levels = tensor?.sparsity?.dimMetadata ?? [];
  const rows = levels.slice(0, -1).reduce((count, { denseSize }) => count * denseSize, 1);
  const { arraySegments, arrayIndices } = levels.at(-1) ?? {};
  const columns = tensor?.shape.at(-1) ?? 0;
  const bytes = buffers[tensor?.buffer ?? 0]?.data.slice() ?? new Uint8Array(0);
  const stored = new Float32Array(bytes.buffer);
  const wide = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let at = arraySegments?.values[row] as number; at < (arraySegments?.values[row + 1] as number); at++)
      wide[row * columns + (arrayIndices?.values[at] as number)] = stored[at] as number;
  return wide;
}

const typesOf = ({ sparsity }: GraphTensor): (string | undefined)[] => {
  const last = sparsity?.dimMetadata.at(-1);
  return [last?.arraySegments?.type, last?.arrayIndices?.type];
};

describe("compressed rows", () => {
  it("store what is not zero, where it stands, and where its row ends", () => {
    const { constant, sparsity, shape } = compressRows(floatConstant([2, 1, 1, 3], [0, 5, 0, 7, 0, 9]));
    expect(shape).toEqual([2, 1, 1, 3]);
    expect(constant).toEqual(Float32Array.of(5, 7, 9));
    const dense = (denseSize: number) => ({
      ...{ format: "DENSE", denseSize, arraySegments: null, arrayIndices: null },
    });
    expect(sparsity).toEqual({
      traversalOrder: [0, 1, 2, 3],
      blockMap: [],
      dimMetadata: [
        dense(2),
        dense(1),
        dense(1),
        {
          format: "SPARSE_CSR",
          denseSize: 0,
          arraySegments: { type: "Uint8Vector", values: Uint8Array.of(0, 1, 3) },
          arrayIndices: { type: "Uint8Vector", values: Uint8Array.of(1, 0, 2) },
        },
      ],
    });
  });

  it("store one zero where there is nothing else, since a constant has bytes", () => {
    const sparse = compressRows(floatConstant([3, 1, 1, 2], [0, 0, 0, 0, 0, 0]));
    expect(sparse.constant).toEqual(Float32Array.of(0));
    expect(widen(readTflite(fileOf(sparse)))).toEqual(new Float32Array(6));
  });

  it("are read from the file as the weight that was written, whatever its density", () => {
    const weight = fc
      .tuple(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 600 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
      )
      .chain(([rows, columns, density]) =>
        fc.record({
          ...{ rows: fc.constant(rows), columns: fc.constant(columns), density: fc.constant(density) },
          seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        }),
      );
    fc.assert(
      fc.property(weight, ({ rows, columns, density, seed }) => {
        let state = seed;
        const next = (): number => {
          state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
          return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
        };
        const values = Float32Array.from({ length: rows * columns }, () =>
          next() < density ? next() - 0.5 : 0,
        );
        const sparse = compressRows(floatConstant([rows, 1, 1, columns], values));
        expect(widen(readTflite(fileOf(sparse)))).toEqual(values);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ["Uint8Vector", "Uint8Vector", 1, 256],
    ["Uint16Vector", "Uint16Vector", 256, 257],
    ["Uint16Vector", "Uint8Vector", 256, 256],
    ["Int32Vector", "Uint16Vector", 1024, 300],
    ["Int32Vector", "Int32Vector", 1, 65_537],
  ] as const)(
    "count with %s and %s for %i rows of %i where the last number needs it",
    (segments, indices, rows, columns) => {
      // All columns of the last row and one of each other; or all of all for the widest segments.
      const full = segments === "Int32Vector" || segments === "Uint8Vector";
      const values = Float32Array.from({ length: rows * columns }, (_, i) =>
        full
          ? Number(rows > 1 || columns > 65_536 || i % columns !== 0)
          : Number(i % columns === columns - 1 || i < columns),
      );
      const sparse = compressRows(floatConstant([rows, 1, 1, columns], values));
      expect(typesOf(sparse)).toEqual([segments, indices]);
      expect(widen(readTflite(fileOf(sparse)))).toEqual(values);
    },
  );

  it("say how many bytes they take: elements, one index each, one segment for each row and one more", () => {
    const sparse = compressRows(floatConstant([2, 1, 1, 3], [0, 5, 0, 7, 0, 9]));
    expect(storedBytes(sparse)).toBe(3 * 4 + 3 + 3);
  });
});
