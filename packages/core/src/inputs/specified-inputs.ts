// Inputs as the user says they look, where random ones would not do: a specification by input name.
//
//   { "image": { "range": [0, 1] }, "tokens": { "values": [1, 5, 7] }, "audio": { "file": "speech.npy" } }
//
// `range` draws uniformly (whole numbers include both ends), `values` is one number for every element or all
// elements, `file` a .npy array or raw little-endian elements. Inputs that are not named stay random.

import {
  DataType,
  type DataTypeCode,
  EspalierError,
  isEspalierError,
  numberToFloat16,
  quoteName,
  rawTensor,
  readFloats,
  readIntegers,
} from "@espalier/ir";
import * as v from "valibot";
import { checkShape } from "../json/check-shape.js";
import type { Json } from "../json/strict-json.js";
import { type Random, seededRandom } from "../random/random.js";
import type { Feeds, RuntimeTensor } from "../runtime.js";
import type { Subject } from "../target/subject.js";
import { isNpy, readNpy } from "./npy.js";
import { randomInputs } from "./random-inputs.js";

export type InputSpec = Readonly<Record<string, InputRule>>;

export type InputRule =
  | { readonly range: readonly [number, number] }
  | { readonly values: number | readonly number[] }
  /** `sha256` is filled in when the specification is recorded. */
  | { readonly file: string; readonly sha256?: string };

/** Sets drawn where a rule or a random input leaves something to draw. */
const DRAWN_SETS = 4;

const rule = v.union([
  v.strictObject({ range: v.tuple([v.number(), v.number()]) }),
  v.strictObject({ values: v.union([v.number(), v.array(v.number())]) }),
  v.strictObject({ file: v.pipe(v.string(), v.minLength(1)), sha256: v.optional(v.string()) }),
]);

/** What the reader checks, for tests of docs/file-formats.md. */
export const INPUT_RULE_SHAPE: v.GenericSchema = rule;

/** @throws EspalierError `INVALID_OPTION` with a JSON pointer */
export function checkInputSpec(json: Json): InputSpec {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw invalid("#", 'an object such as { "image": { "range": [0, 1] } }', typeof json);
  }
  for (const [name, one] of Object.entries(json)) {
    const what = `The rule for input ${quoteName(name)} is none: give "range", "values" or "file"`;
    checkShape(one, rule, "INVALID_OPTION", what);
  }
  return json as InputSpec;
}

/**
 * Sets of inputs that follow `spec`: one when nothing is left to draw, else four.
 *
 * @param files  bytes of the files that `spec` names
 * @throws EspalierError `INVALID_OPTION`
 */
export function specifiedInputs(
  { model, boundFacts, handlers }: Subject,
  spec: InputSpec,
  files: ReadonlyMap<string, Uint8Array>,
  seed: number,
): Feeds[] {
  const random = randomInputs(model, boundFacts, handlers, { seed, count: DRAWN_SETS });
  const names = Object.keys(random[0] ?? {});
  for (const name of Object.keys(spec)) {
    if (!names.includes(name))
      throw invalid(name, `an input: ${names.map(quoteName).join(", ")}`, quoteName(name));
  }
  const rules = new Map(Object.entries(spec));
  const isFixed = names.every((name) => rules.has(name) && !("range" in (rules.get(name) ?? {})));
  return random.slice(0, isFixed ? 1 : DRAWN_SETS).map((feeds, set) =>
    Object.fromEntries(
      Object.entries(feeds).map(([name, like]) => {
        const wanted = rules.get(name);
        const draw = seededRandom(seed, `specified ${set}:${name}`);
        return [name, wanted === undefined ? like : followRule(name, wanted, like, files, draw)];
      }),
    ),
  );
}

function followRule(
  name: string,
  wanted: InputRule,
  like: RuntimeTensor,
  files: ReadonlyMap<string, Uint8Array>,
  random: Random,
): RuntimeTensor {
  const size = like.dims.reduce((product, dim) => product * dim, 1);
  if ("range" in wanted) {
    const [low, high] = wanted.range;
    if (!(low <= high)) throw invalid(name, "[low, high] with low ≤ high", `[${low}, ${high}]`);
    const whole = !FLOATING.has(like.dataType);
    if (whole && !(Number.isInteger(low) && Number.isInteger(high)))
      throw invalid(name, "whole numbers", `[${low}, ${high}]`);
    return filled(name, like, () =>
      whole ? random.integer(low, high) : low + (high - low) * random.uniform(),
    );
  }
  if ("values" in wanted) {
    const { values } = wanted;
    if (typeof values === "number") return filled(name, like, () => values);
    if (values.length !== size)
      throw invalid(name, `one number or ${size} of them, for ${like.dims.join(" × ")}`, `${values.length}`);
    return filled(name, like, (i) => values[i] as number);
  }
  const bytes = files.get(wanted.file);
  if (bytes === undefined) throw invalid(name, "the file", `no ${quoteName(wanted.file)}`);
  return fromFile(name, like, bytes);
}

function fromFile(name: string, like: RuntimeTensor, bytes: Uint8Array): RuntimeTensor {
  const array = isNpy(bytes) ? readNpy(bytes, name) : { dataType: like.dataType, dims: like.dims, bytes };
  if (array.dims.join() !== like.dims.join() || array.dataType !== like.dataType) {
    throw invalid(name, arrayText(like), arrayText(array));
  }
  try {
    const tensor = rawTensor(array.dataType, array.dims, array.bytes, name);
    const numbers = FLOATING.has(array.dataType) ? readFloats(tensor) : readIntegers(tensor);
    return filled(name, like, (i) => numbers[i] as number);
  } catch (error) {
    if (isEspalierError(error, "TENSOR_SIZE"))
      throw invalid(name, `the elements of ${arrayText(like)}`, `${array.bytes.byteLength} bytes`);
    throw error;
  }
}

function arrayText({
  dataType,
  dims,
}: {
  readonly dataType: number;
  readonly dims: readonly number[];
}): string {
  return `element type ${dataType}, shape ${dims.join(" × ") || "scalar"}`;
}

const FLOATING: ReadonlySet<DataTypeCode> = new Set([DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16]);

function filled(name: string, like: RuntimeTensor, at: (i: number) => number): RuntimeTensor {
  const { data, dataType } = like;
  if (!ArrayBuffer.isView(data)) throw invalid(name, "an input of numbers", "strings");
  const next = data.slice();
  for (let i = 0; i < next.length; i++) {
    const value = at(i);
    if (!FLOATING.has(dataType) && !Number.isSafeInteger(value))
      throw invalid(name, "whole numbers", `${value}`);
    if (next instanceof BigInt64Array || next instanceof BigUint64Array) next[i] = BigInt(value);
    else next[i] = dataType === DataType.FLOAT16 ? numberToFloat16(value) : value;
  }
  return { ...like, data: next };
}

function invalid(where: string, expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_OPTION", "The input specification does not fit the model", {
    where: where === "#" ? where : `input ${quoteName(where)}`,
    expected,
    found,
  });
}
