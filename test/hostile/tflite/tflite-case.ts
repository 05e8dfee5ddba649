// One hostile TFLite file: its bytes, the exact code and the exact place that reading it must name.

import type { ErrorCode } from "@espalier/ir";
import { writeTflite } from "@espalier/tflite";
import { type Fields, flatFile, i32, ints, type Node, table, vector } from "./flat.js";
import { locate } from "./locate.js";
import { sampleModel } from "./sample-model.js";

export interface TfliteCase {
  readonly name: string;
  readonly expect: ErrorCode | "opens";
  /** `context.where` of the error. */
  readonly where: string;
  readonly make: () => Uint8Array;
}

/** The main graph of the sample. */
export const MAIN = "subgraphs[0]";

export function one(
  name: string,
  expect: TfliteCase["expect"],
  where: string,
  make: TfliteCase["make"],
): TfliteCase {
  return { name, expect, where, make };
}

export function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

let written: Uint8Array | undefined;

/** The sample, as a file of its own. */
export function sampleFile(): Uint8Array {
  written ??= writeTflite(sampleModel());
  return written.slice();
}

type Width = "i8" | "u16" | "i32" | "u32" | "f32" | "i64";

const SETTERS: Readonly<Record<Width, (view: DataView, at: number, value: number) => void>> = {
  i8: (view, at, value) => view.setInt8(at, value),
  u16: (view, at, value) => view.setUint16(at, value, true),
  i32: (view, at, value) => view.setInt32(at, value, true),
  u32: (view, at, value) => view.setUint32(at, value, true),
  f32: (view, at, value) => view.setFloat32(at, value, true),
  i64: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
};

/** The sample with one number put wrong, at a position that `find` says. */
export function poked(find: (bytes: Uint8Array) => number, width: Width, value: number): () => Uint8Array {
  return () => {
    const bytes = sampleFile();
    SETTERS[width](new DataView(bytes.buffer), find(bytes), value);
    return bytes;
  };
}

/** The sample with the number at this path put wrong. */
export function changed(path: string, value: number, width: Width = "i32"): () => Uint8Array {
  const size = width === "i8" ? 1 : width === "i64" ? 8 : 4;
  return poked((bytes) => locate(bytes, path, size).at, width, value);
}

/** The sample with `edit` done to its bytes; for what needs more than one number. */
export function edited(edit: (bytes: Uint8Array) => Uint8Array): () => Uint8Array {
  return () => edit(sampleFile());
}

/** A file by hand: an empty graph, no operators, one empty buffer, and what is given. */
export function tinyModel(fields: Fields = {}): Uint8Array {
  return flatFile(tinyRoot(fields));
}

export function tinyRoot(fields: Fields = {}): Node {
  return table({
    0: i32(3),
    1: vector(),
    2: vector(tinyGraph()),
    4: vector(table()),
    ...fields,
  });
}

export function tinyGraph(fields: Fields = {}): Node {
  return table({ 0: vector(), 1: ints(), 2: ints(), 3: vector(), ...fields });
}

/** A graph with one tensor. */
export function tinyTensor(fields: Fields, model: Fields = {}): Uint8Array {
  return tinyModel({ 2: vector(tinyGraph({ 0: vector(table({ 0: ints(2), ...fields })) })), ...model });
}

/** A graph with one operator ADD on one tensor. */
export function tinyOperator(
  fields: Fields,
  code: Fields = { 0: undefined },
  model: Fields = {},
): Uint8Array {
  const graph = tinyGraph({ 0: vector(table({ 0: ints(2) })), 3: vector(table(fields)) });
  return tinyModel({ 1: vector(table(code)), 2: vector(graph), ...model });
}
