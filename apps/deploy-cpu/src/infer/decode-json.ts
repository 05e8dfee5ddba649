// { "inputs": { "name": { "dims": [1, 3], "data": [0.1, 0.2, 0.3] } } } → tensors. One reading only (equal keys,
// numbers that a double does not hold and the like are refused), every name, type, dimension and length checked.
// Pure, so that it can run in a thread of its own.

import { type Feeds, type Json, jsonPointer, type RuntimeTensor, readJson } from "@espalier/core";
import { type ElementType, elementTypeOfCode } from "@espalier/core/engine";
import { isEspalierError, numberToFloat16, quoteName } from "@espalier/ir";
import { Refusal } from "../server/refusal.js";
import { checkDims, type DimRules } from "./check-dims.js";
import type { Port } from "./port.js";

export interface JsonRules extends DimRules {
  readonly depth: number;
}

/** @throws Refusal `INVALID_JSON`, `INVALID_INPUT` */
export function decodeJson(bytes: Uint8Array, inputs: readonly Port[], rules: JsonRules): Feeds {
  const root = asObject(parse(bytes, rules), []);
  onlyKeys(root, ["inputs"], []);
  const given = asObject(root.inputs, ["inputs"]);
  onlyKeys(
    given,
    inputs.map(({ name }) => name),
    ["inputs"],
  );
  return Object.fromEntries(inputs.map((port) => [port.name, decodeTensor(given[port.name], port, rules)]));
}

function parse(bytes: Uint8Array, { depth }: JsonRules): Json {
  try {
    return readJson(bytes, { code: "MALFORMED", maxDepth: depth });
  } catch (error) {
    if (!isEspalierError(error)) throw error;
    const { where, expected, found } = error.context;
    throw new Refusal("INVALID_JSON", {
      where: where ?? "#",
      expected: expected ?? "JSON in UTF-8: unique keys, numbers that a double holds",
      found: found ?? error.message,
    });
  }
}

function decodeTensor(value: Json | undefined, port: Port, rules: JsonRules): RuntimeTensor {
  const path = ["inputs", port.name];
  const tensor = asObject(value, path);
  onlyKeys(tensor, ["dims", "data", "type"], path);
  const { dims, data, type } = tensor;
  if (type !== undefined && type !== port.type) throw invalid([...path, "type"], quoteName(port.type), type);
  if (!Array.isArray(dims) || dims.some((dim) => typeof dim !== "number"))
    throw invalid([...path, "dims"], "an array of whole numbers", dims);
  if (!Array.isArray(data)) throw invalid([...path, "data"], "a flat array, row by row", data);
  const element = elementTypeOfCode(port.dataType) as ElementType;
  const count = checkDims(port, dims, element.bytes, rules);
  if (data.length !== count)
    throw new Refusal("INVALID_INPUT", {
      where: jsonPointer([...path, "data"]),
      expected: `${count} elements, as dims say`,
      found: String(data.length),
    });
  return { dataType: port.dataType, dims, data: elements(data, element, [...path, "data"]) };
}

const WHOLE: Readonly<Record<string, readonly [least: number, most: number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32_768, 32_767],
  uint16: [0, 65_535],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
};
const LARGE: Readonly<Record<string, readonly [least: bigint, most: bigint]>> = {
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

function elements(
  data: readonly Json[],
  { name, array }: ElementType,
  path: string[],
): RuntimeTensor["data"] {
  const refuse = (i: number, expected: string): Refusal => invalid([...path, String(i)], expected, data[i]);
  if (array === null)
    return data.map((value, i) => {
      if (typeof value !== "string") throw refuse(i, "a string");
      return value;
    });
  const typed = new array(data.length);
  const large = LARGE[name];
  if (large !== undefined) {
    const wide = typed as BigInt64Array;
    data.forEach((value, i) => {
      const number = wholeNumber(value);
      if (number === null || number < large[0] || number > large[1])
        throw refuse(i, `${name}: a whole number, or its digits as a string beyond 2^53 - 1`);
      wide[i] = number;
    });
    return wide;
  }
  const narrow = typed as Float64Array;
  const whole = WHOLE[name];
  data.forEach((value, i) => {
    if (name === "bool") {
      if (value !== true && value !== false && value !== 0 && value !== 1) throw refuse(i, "true or false");
      narrow[i] = value ? 1 : 0;
    } else if (typeof value !== "number") throw refuse(i, `${name}: a number`);
    else if (whole === undefined) narrow[i] = name === "float16" ? numberToFloat16(value) : value;
    else {
      if (!Number.isInteger(value) || value < whole[0] || value > whole[1])
        throw refuse(i, `${name}: a whole number from ${whole[0]} to ${whole[1]}`);
      narrow[i] = value;
    }
  });
  return narrow;
}

function wholeNumber(value: Json | undefined): bigint | null {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : null;
  return typeof value === "string" && /^-?\d{1,20}$/.test(value) ? BigInt(value) : null;
}

function asObject(value: Json | undefined, path: readonly string[]): Readonly<Record<string, Json>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(path, "an object", value);
  return value as Readonly<Record<string, Json>>;
}

/** A key that nobody reads is a misspelt one. */
function onlyKeys(
  object: Readonly<Record<string, Json>>,
  allowed: readonly string[],
  path: readonly string[],
): void {
  for (const key of Object.keys(object)) {
    if (!allowed.includes(key))
      throw new Refusal("INVALID_INPUT", {
        where: jsonPointer(path),
        expected: `only ${allowed.map(quoteName).join(", ")}`.slice(0, 500),
        found: quoteName(key),
      });
  }
}

function invalid(path: readonly string[], expected: string, found: Json | undefined): Refusal {
  return new Refusal("INVALID_INPUT", { where: jsonPointer(path), expected, found: kindOf(found) });
}

function kindOf(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "string") return quoteName(value);
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
