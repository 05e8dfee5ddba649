// Structure-aware mutation of ONNX files: one to four changes to fields, mostly with the lengths around them put
// right again (so that the reader gets past them), sometimes not. Seeded; the same seed gives the same bytes.

import type { Random } from "@espalier/core";
import { concat, int, len, tag, text, utf8, varint } from "../hostile/wire.js";
import { type FieldSpan, indexFields } from "./wire-index.js";

/** A file with its fields. */
export interface Seedling {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly fields: readonly FieldSpan[];
}

export function seedling(name: string, bytes: Uint8Array): Seedling {
  return { name, bytes, fields: indexFields(bytes) };
}

const LARGEST = 256 * 1024;

/** A mutated copy of a file of the corpus. */
export function mutate(corpus: readonly Seedling[], random: Random): Uint8Array {
  let current = pick(corpus, random);
  const rounds = 1 + Math.floor(4 * random.uniform() ** 2);
  for (let round = 0; round < rounds; round++) {
    const kind = pick(MUTATIONS, random);
    const bytes = kind(current, corpus, random);
    if (bytes.byteLength === 0 || bytes.byteLength > LARGEST) continue;
    current = { name: current.name, bytes, fields: round + 1 < rounds ? indexFields(bytes) : [] };
  }
  return current.bytes;
}

type Mutation = (file: Seedling, corpus: readonly Seedling[], random: Random) => Uint8Array;

const NUMBERS: readonly bigint[] = [
  0n, 1n, 2n, 3n, 7n, 8n, 16n, 31n, 32n, 64n, 65n, 127n, 128n, 255n, 1024n, 65_535n, 2n ** 31n - 1n, 2n ** 31n,
  2n ** 32n, 2n ** 40n, 2n ** 53n - 1n, 2n ** 53n + 1n, 2n ** 62n, 2n ** 63n - 1n, -1n, -2n, -(2n ** 31n), -(2n ** 63n),
]; // biome-ignore format: a table

const TEXTS: readonly Uint8Array[] = [
  utf8(""), utf8("x"), utf8("y"), utf8("__proto__"), utf8("constructor"), utf8("../w"), utf8("/etc/passwd"),
  utf8("ai.onnx"), utf8("If"), utf8("Loop"), utf8("Constant"), utf8("a\u0000b"), utf8("\u202ebidi"), utf8("🌳"),
  Uint8Array.of(0xff), Uint8Array.of(0xc0, 0x80), Uint8Array.of(0xed, 0xa0, 0x80), new Uint8Array(5000).fill(97),
]; // biome-ignore format: a table

const flipBits: Mutation = ({ bytes }, _corpus, random) => {
  const out = bytes.slice();
  for (let i = 0; i < 3 && out.byteLength > 0; i++) {
    const at = random.integer(0, out.byteLength - 1);
    out[at] = (out[at] as number) ^ (1 << random.integer(0, 7));
    if (random.uniform() < 0.6) break;
  }
  return out;
};

const truncate: Mutation = ({ bytes }, _corpus, random) =>
  bytes.slice(0, random.integer(1, Math.max(1, bytes.byteLength - 1)));

const duplicate: Mutation = (file, _corpus, random) => {
  const field = anyField(file, random);
  if (field === null) return file.bytes;
  const own = file.bytes.subarray(field.start, field.end);
  return replace(file, field, concat(own, own));
};

const remove: Mutation = (file, _corpus, random) => {
  const field = anyField(file, random);
  return field === null ? file.bytes : replace(file, field, new Uint8Array(0));
};

/** Two neighbours of one message change places. */
const swap: Mutation = (file, _corpus, random) => {
  const field = anyField(file, random);
  const next = file.fields.find(({ start, parent }) => start === field?.end && parent === field.parent);
  if (field === null || next === undefined) return file.bytes;
  const both = concat(file.bytes.subarray(next.start, next.end), file.bytes.subarray(field.start, field.end));
  return replace(file, { ...field, end: next.end }, both);
};

/** A length that does not fit its content, nothing put right. */
const resizeLength: Mutation = (file, _corpus, random) => {
  const field = anyField(file, random, (one) => one.wire === 2);
  if (field === null) return file.bytes;
  const length = field.end - field.content;
  const claimed = pick(
    [length + 1, Math.max(0, length - 1), length * 2, 0, 127, 2 ** 31 - 1, 2 ** 32 - 1, 2 ** 40],
    random,
  );
  const { bytes } = file;
  return concat(bytes.subarray(0, field.lengthAt), varint(claimed), bytes.subarray(field.content));
};

const overlong: Mutation = (file, _corpus, random) => {
  const field = anyField(file, random);
  if (field === null) return file.bytes;
  const bytes = file.bytes.subarray(field.start, field.end);
  const content = file.bytes.subarray(field.content, field.end);
  const pad = random.integer(2, 12);
  if (field.wire === 2 && random.uniform() < 0.6) {
    return replace(file, field, concat(tag(field.number, 2), varint(content.byteLength, pad), content));
  }
  return replace(
    file,
    field,
    concat(tag(field.number, field.wire, pad), bytes.subarray(field.lengthAt - field.start)),
  );
};

const changeNumber: Mutation = (file, _corpus, random) => {
  const field = anyField(file, random, ({ wire }) => wire === 0);
  return field === null ? file.bytes : replace(file, field, int(field.number, pick(NUMBERS, random)));
};

/** Dimensions and element types, the numbers that sizes are computed from. */
const changeShape: Mutation = (file, _corpus, random) => {
  const field = anyField(
    file,
    random,
    ({ wire, owner }) => wire === 0 && /^(Tensor|Dim|TensorType|Sparse)$/.test(owner),
  );
  return field === null ? file.bytes : replace(file, field, int(field.number, pick(NUMBERS, random)));
};

const changeText: Mutation = (file, _corpus, random) => {
  const isText = ({ wire, message, end, content }: FieldSpan) =>
    wire === 2 && message === undefined && end - content < 64;
  const field = anyField(file, random, isText);
  if (field === null) return file.bytes;
  const other = anyField(file, random, isText) ?? field;
  const value = random.uniform() < 0.5 ? pick(TEXTS, random) : file.bytes.subarray(other.content, other.end);
  return replace(file, field, len(field.number, value));
};

/** Another field number or wire type. */
const relabel: Mutation = (file, _corpus, random) => {
  const field = anyField(file, random);
  if (field === null) return file.bytes;
  const number = random.uniform() < 0.7 ? random.integer(0, 32) : Number(pick(NUMBERS, random) & 0x1fffffffn);
  const wire = random.uniform() < 0.7 ? field.wire : random.integer(0, 7);
  return replace(file, field, concat(tag(number, wire), file.bytes.subarray(field.lengthAt, field.end)));
};

/** A field of the same kind of message from another file. */
const splice: Mutation = (file, corpus, random) => {
  const donor = pick(corpus, random);
  const field = anyField(file, random);
  if (field === null) return file.bytes;
  const alike = anyField(
    donor,
    random,
    ({ owner, end, start }) => owner === field.owner && end - start < 20_000,
  );
  if (alike === null) return file.bytes;
  const graft = donor.bytes.subarray(alike.start, alike.end);
  const own = file.bytes.subarray(field.start, field.end);
  return replace(file, field, random.uniform() < 0.5 ? graft : concat(own, graft));
};

/** The graph, or a field, inside subgraphs of a node. */
const nestDeeper: Mutation = (file, _corpus, random) => {
  const nodeField = anyField(file, random, ({ owner, number }) => owner === "Graph" && number === 1);
  const inner = anyField(
    file,
    random,
    ({ message, end, start }) => message === "Graph" && end - start < 8000,
  );
  if (nodeField === null || inner === null) return file.bytes;
  let graph = file.bytes.subarray(inner.content, inner.end);
  const depth = random.uniform() < 0.1 ? 40 : random.integer(1, 3);
  for (let i = 1; i < depth; i++) {
    const attribute = len(5, text(1, "then_branch"), len(6, graph), int(20, 5));
    graph = len(1, text(4, "If"), attribute);
    if (graph.byteLength > 30_000) break;
  }
  const own = file.bytes.subarray(nodeField.content, nodeField.end);
  return replace(file, nodeField, len(1, own, len(5, text(1, "then_branch"), len(6, graph), int(20, 5))));
};

const insertNoise: Mutation = (file, _corpus, random) => {
  const field = anyField(file, random);
  if (field === null) return file.bytes;
  const noise = Uint8Array.from({ length: random.integer(1, 24) }, () => random.integer(0, 255));
  const own = file.bytes.subarray(field.start, field.end);
  return replace(file, field, concat(own, noise));
};

/** Data of tensors shortened or grown. */
const resizeData: Mutation = (file, _corpus, random) => {
  const isData = ({ owner, wire, number }: FieldSpan) => owner === "Tensor" && wire === 2 && number !== 8;
  const field = anyField(file, random, isData);
  if (field === null) return file.bytes;
  const content = file.bytes.subarray(field.content, field.end);
  const changed =
    random.uniform() < 0.5
      ? content.subarray(0, random.integer(0, content.byteLength))
      : concat(content, new Uint8Array(random.integer(1, 9)));
  return replace(file, field, len(random.uniform() < 0.5 ? field.number : random.integer(3, 13), changed));
};

const MUTATIONS: readonly Mutation[] = [
  flipBits, truncate, duplicate, duplicate, remove, remove, swap, swap, resizeLength, overlong, changeNumber,
  changeNumber, changeShape, changeShape, changeText, changeText, changeText, relabel, splice, splice, nestDeeper,
  insertNoise, resizeData,
]; // biome-ignore format: a table

/** The file with a field replaced, and the lengths of all messages around it put right. */
function replace(file: Seedling, field: FieldSpan, replacement: Uint8Array): Uint8Array {
  const { bytes } = file;
  let delta = replacement.byteLength - (field.end - field.start);
  const headers: [at: number, end: number, length: Uint8Array][] = [];
  for (let up = field.parent; up !== null; up = up.parent) {
    const length = varint(Math.max(0, up.end - up.content + delta));
    headers.push([up.lengthAt, up.content, length]);
    delta += length.byteLength - (up.content - up.lengthAt);
  }
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const [begin, end, length] of headers.reverse()) {
    parts.push(bytes.subarray(at, begin), length);
    at = end;
  }
  parts.push(bytes.subarray(at, field.start), replacement, bytes.subarray(field.end));
  return concat(...parts);
}

function anyField(
  { fields }: Seedling,
  random: Random,
  wanted: (field: FieldSpan) => boolean = () => true,
): FieldSpan | null {
  if (fields.length === 0) return null;
  for (let i = 0; i < 24; i++) {
    const field = fields[random.integer(0, fields.length - 1)] as FieldSpan;
    if (wanted(field)) return field;
  }
  return null;
}

function pick<T>(from: readonly T[], random: Random): T {
  return from[random.integer(0, from.length - 1)] as T;
}
