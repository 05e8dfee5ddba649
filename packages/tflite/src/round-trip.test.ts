// Any model, written and read again, is the same model.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeOptions } from "./make-options.js";
import type {
  Operator,
  QuantizationParameters,
  SparsityParameters,
  TfliteModel,
  TfliteTensor,
} from "./model.js";
import { readTflite } from "./read-tflite.js";
import { BUILTIN_OPERATORS, type BuiltinOperator } from "./schema/builtin-operator.js";
import { BUILTIN_OPTIONS, type BuiltinOptions, type BuiltinOptionsType } from "./schema/builtin-options.js";
import { ENUMS, type EnumName, type TensorType } from "./schema/enums.js";
import type { Field, Table } from "./schema/field.js";
import { bitsOfTensorType, quantizedRange } from "./schema/tensor-type.js";
import { writeTflite } from "./write-tflite.js";

const RUNS = 300;
const TYPES = ENUMS.TensorType.filter((type) => type !== "RESOURCE" && type !== "VARIANT");
const text = fc.string({ unit: "grapheme", maxLength: 12 });
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const noBytes = new Uint8Array(0);

/** A tensor with what its buffer holds; null for one that is computed. */
interface Filled {
  readonly tensor: Omit<TfliteTensor, "buffer">;
  readonly data: Uint8Array | null;
}

/** Where the first of these parts begins and each of them ends. */
const endsAfter = (begin: number, lengths: readonly number[]): number[] => {
  const ends = [begin];
  for (const length of lengths) ends.push((ends.at(-1) as number) + length);
  return ends;
};

const quantization = (type: TensorType, shape: readonly number[]): fc.Arbitrary<QuantizationParameters> => {
  const [lowest, highest] = quantizedRange(type) ?? [-(2 ** 53) + 1, 2 ** 53 - 1];
  const slices = shape[0] === undefined || shape[0] === 0 ? 1 : shape[0];
  return fc.constantFrom(0, 1, slices).chain((count) =>
    fc.record({
      scale: fc.float32Array({
        minLength: count,
        maxLength: count,
        min: 0,
        noNaN: true,
        noDefaultInfinity: true,
      }),
      zeroPoint: fc.array(fc.integer({ min: lowest, max: highest }), { minLength: count, maxLength: count }),
      min: fc.float32Array({ minLength: 1, maxLength: 1 }),
      max: fc.float32Array({ minLength: 1, maxLength: 1 }),
      quantizedDimension: fc.constant(0),
    }),
  );
};

/** Rows and columns in compressed sparse rows, with the number of places stored. */
const sparseMatrix = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 6 }))
  .chain(([rows, columns]) =>
    fc.record({
      shape: fc.constant([rows, columns]),
      places: fc.array(fc.subarray([...Array(columns).keys()]), { minLength: rows, maxLength: rows }),
      width: fc.constantFrom("Int32Vector", "Uint16Vector", "Uint8Vector"),
    }),
  )
  .filter(({ places }) => places.some((row) => row.length > 0))
  .map(({ shape, places, width }) => {
    const segments = endsAfter(
      0,
      places.map((row) => row.length),
    );
    const indices = (values: readonly number[]) =>
      width === "Int32Vector"
        ? ({ type: width, values: Int32Array.from(values) } as const)
        : width === "Uint16Vector"
          ? ({ type: width, values: Uint16Array.from(values) } as const)
          : ({ type: "Uint8Vector", values: Uint8Array.from(values) } as const);
    const sparsity: SparsityParameters = {
      traversalOrder: [0, 1],
      blockMap: [],
      dimMetadata: [
        { format: "DENSE", denseSize: shape[0] as number, arraySegments: null, arrayIndices: null },
        {
          format: "SPARSE_CSR",
          denseSize: 0,
          arraySegments: indices(segments),
          arrayIndices: indices(places.flat()),
        },
      ],
    };
    return { shape, sparsity, stored: places.flat().length };
  });

const bytesOf = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });

const stringsOf = (count: number): fc.Arbitrary<Uint8Array> =>
  fc.array(fc.uint8Array({ maxLength: 5 }), { minLength: count, maxLength: count }).map((parts) => {
    const ends = endsAfter(
      4 * (count + 2),
      parts.map((part) => part.length),
    );
    return new Uint8Array([
      ...new Uint8Array(Int32Array.of(count, ...ends).buffer),
      ...parts.flatMap((part) => [...part]),
    ]);
  });

const dataOf = (type: TensorType, elements: number): fc.Arbitrary<Uint8Array> => {
  const bits = bitsOfTensorType(type);
  return bits === null ? stringsOf(elements) : bytesOf(Math.ceil((elements * bits) / 8));
};

const denseTensor: fc.Arbitrary<Filled> = fc
  .record({
    type: fc.constantFrom(...TYPES),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
    isConstant: fc.boolean(),
    isVariable: fc.boolean(),
    hasRank: fc.boolean(),
    name: text,
    isDynamic: fc.boolean(),
  })
  .chain(({ type, shape, isConstant, isVariable, isDynamic, ...rest }) => {
    const elements = shape.reduce((product, size) => product * size, 1);
    const shapeSignature = isDynamic ? shape.map((size, i) => (i === 0 ? -1 : size)) : [];
    return fc.record({
      tensor: fc.record({
        ...{
          type: fc.constant(type),
          shape: fc.constant(shape),
          shapeSignature: fc.constant(shapeSignature),
        },
        ...{ name: fc.constant(rest.name), hasRank: fc.constant(rest.hasRank) },
        isVariable: fc.constant(isVariable && !isConstant),
        quantization: fc.option(quantization(type, shape)),
        sparsity: fc.constant(null),
      }),
      data: isConstant ? dataOf(type, elements) : fc.constant(null),
    });
  });

const sparseTensor: fc.Arbitrary<Filled> = fc
  .tuple(sparseMatrix, fc.constantFrom(...TYPES.filter((type) => type !== "STRING")))
  .chain(([{ shape, sparsity, stored }, type]) =>
    fc.record({
      tensor: fc.constant({
        ...{ name: "sparse", type, shape, sparsity, shapeSignature: [], hasRank: true },
        ...{ isVariable: false, quantization: null },
      }),
      data: dataOf(type, stored),
    }),
  );

/** Values of a field that every reader takes; the graph of a call is the second, which calls nothing. */
const fieldValue = ([, , kind]: Field): fc.Arbitrary<unknown> => {
  if (kind in ENUMS) return fc.constantFrom(...ENUMS[kind as EnumName]);
  switch (kind) {
    case "bool":
      return fc.boolean();
    case "int":
      return int32;
    case "long":
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case "float":
      return fc.float({ noNaN: true, noDefaultInfinity: true });
    case "subgraph":
    case "subgraph:uint":
      return fc.constant(1);
    case "int[]?":
      return fc.array(int32, { maxLength: 4 });
    case "float[]?":
      return fc.float32Array({ maxLength: 4 });
    case "string?":
      return text;
    default:
      throw new Error(`No values for ${kind}`);
  }
};

const optionsOf = (type: BuiltinOptionsType): fc.Arbitrary<BuiltinOptions> => {
  const table: Table = BUILTIN_OPTIONS[type];
  return fc
    .record(Object.fromEntries(table.map((field) => [field[1], fieldValue(field)])))
    .map((fields) => ({ ...makeOptions(type), ...fields }) as BuiltinOptions);
};

type Known = readonly [code: number, name: BuiltinOperator, options: BuiltinOptionsType | null];
const KNOWN: readonly Known[] = BUILTIN_OPERATORS.filter(([code]) => code !== 127);

const operator = (
  tensors: number,
): fc.Arbitrary<{ code: BuiltinOperator; operator: Omit<Operator, "opcodeIndex"> }> =>
  fc
    .tuple(fc.constantFrom(...KNOWN), fc.array(fc.integer({ min: -1, max: tensors - 1 }), { maxLength: 4 }))
    .chain(([[, code, type], inputs]) =>
      fc.record({
        code: fc.constant(code),
        operator: fc.record({
          inputs: fc.constant(inputs),
          outputs: fc.array(fc.integer({ min: 0, max: tensors - 1 }), { maxLength: 3 }),
          intermediates: fc.array(fc.integer({ min: 0, max: tensors - 1 }), { maxLength: 2 }),
          builtinOptions: type === null ? fc.constant(null) : fc.option(optionsOf(type)),
          customOptions: fc.uint8Array({ maxLength: 9 }),
          mutatingVariableInputs: fc.oneof(
            fc.constant([]),
            fc.array(fc.boolean(), { minLength: inputs.length, maxLength: inputs.length }),
          ),
          debugMetadataIndex: int32,
        }),
      }),
    );

const model: fc.Arbitrary<TfliteModel> = fc
  .array(fc.oneof(denseTensor, sparseTensor), { minLength: 1, maxLength: 5 })
  .chain((filled) =>
    fc.record({
      filled: fc.constant(filled),
      operators: fc.array(operator(filled.length), { maxLength: 5 }),
      description: text,
      names: fc.uniqueArray(text, { maxLength: 3 }),
    }),
  )
  .map(({ filled, operators, description, names }) => {
    const buffers = [{ data: noBytes }, ...filled.map(({ data }) => ({ data: data ?? noBytes }))];
    const tensors = filled.map(({ tensor, data }, i) => ({ ...tensor, buffer: data === null ? 0 : i + 1 }));
    const rest = { inputs: [], outputs: [0], debugMetadataIndex: -1 };
    return {
      ...{ version: 3, description, buffers },
      operatorCodes: operators.map(({ code }) => ({
        ...{ builtinCode: code, version: 1 },
        customCode: code === "CUSTOM" ? "Mine" : "",
      })),
      subgraphs: [
        {
          ...rest,
          name: "main",
          tensors,
          operators: operators.map((one, i) => ({ ...one.operator, opcodeIndex: i })),
        },
        { ...rest, name: "", tensors: [], operators: [], outputs: [] },
      ],
      metadata: names.map((name) => ({ name, buffer: 0 })),
      metadataBuffer: [0],
      signatureDefs: names.map((signatureKey) => ({
        ...{ signatureKey, subgraphIndex: 0, deprecatedTag: "" },
        inputs: names.map((name) => ({ name, tensorIndex: 0 })),
        outputs: [],
      })),
    };
  });

describe("a model that is written", () => {
  it("is read as the same model", () => {
    fc.assert(
      fc.property(model, (one) => {
        expect(readTflite(writeTflite(one))).toEqual(one);
      }),
      { numRuns: RUNS },
    );
  });

  it("gives the same bytes again, also after reading", () => {
    fc.assert(
      fc.property(model, (one) => {
        const bytes = writeTflite(one);
        expect(writeTflite(one)).toEqual(bytes);
        expect(writeTflite(readTflite(bytes))).toEqual(bytes);
      }),
      { numRuns: RUNS / 3 },
    );
  });

  it("can lie anywhere in memory", () => {
    fc.assert(
      fc.property(model, fc.integer({ min: 1, max: 15 }), (one, shift) => {
        const bytes = writeTflite(one);
        const memory = new Uint8Array(bytes.byteLength + shift);
        memory.set(bytes, shift);
        expect(readTflite(memory.subarray(shift))).toEqual(one);
      }),
      { numRuns: 30 },
    );
  });
});
