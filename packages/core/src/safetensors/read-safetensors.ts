// Reads a safetensors file of unknown origin: eight bytes with the length of a JSON header, the header, the data.
// Tensors are views on the file. Whatever two readers could understand differently is refused: equal keys, bytes that
// belong to no tensor or to two, tensors that end beyond the file.
//
// Format: https://huggingface.co/docs/safetensors (the file as its own validator takes it).

import {
  type DataTypeCode,
  EspalierError,
  enforceLimit,
  type Limits,
  quoteName,
  rawByteLength,
  rawTensor,
  resolveLimits,
  type Tensor,
} from "@espalier/ir";
import * as v from "valibot";
import { checkShape } from "../json/check-shape.js";
import { type Json, readJson } from "../json/strict-json.js";
import { invalidCheckpoint } from "./invalid-checkpoint.js";
import { SAFETENSORS_TYPES, safetensorsCode } from "./safetensors-types.js";

export interface Safetensors {
  /** By name, in the order of their data. Their bytes are views on the file: do not write to them. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** `__metadata__`: texts by name. */
  readonly metadata: ReadonlyMap<string, string>;
}

export interface ReadSafetensorsOptions {
  /** `initializers`, `messages` (here: values of the header), `rank`, `nameBytes` and `tensorBytes` are those that count. */
  readonly limits?: Partial<Limits>;
}

/** Bytes of the header, as the format has it. */
const LONGEST_HEADER = 100_000_000;
const METADATA = "__metadata__";

/**
 * @throws EspalierError `TRUNCATED` (the header or a tensor ends beyond the file), `LIMIT_EXCEEDED`,
 *   `INVALID_CHECKPOINT` (the header is no JSON, has equal keys, or is not what the format asks for), `UNSUPPORTED` (an
 *   element type not known here), `AMBIGUOUS` (overlaps, gaps, bytes behind the last tensor), `TENSOR_SIZE` (shape and
 *   bytes do not agree), `OVERFLOW`
 */
export function readSafetensors(bytes: Uint8Array, options: ReadSafetensorsOptions = {}): Safetensors {
  const limits = resolveLimits(options.limits);
  const { header, data } = splitFile(bytes);
  countValues(header, limits);
  const entries = headerEntries(
    readJson(header, { code: "INVALID_CHECKPOINT", maxBytes: LONGEST_HEADER, maxDepth: 4 }),
  );
  const { [METADATA]: notes } = entries;
  const described = Object.entries(entries).filter(([name]) => name !== METADATA);
  enforceLimit(limits, "initializers", described.length, "header");
  const infos = described
    .map(([name, value]) => tensorInfo(name, value, limits))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCover(infos, data.byteLength);
  return {
    tensors: new Map(
      infos.map(({ name, type, shape, begin, end }) => [
        name,
        rawTensor(type, shape, data.subarray(begin, end), name),
      ]),
    ),
    metadata: new Map(Object.entries(notes === undefined ? {} : metadataOf(notes))),
  };
}

interface TensorInfo {
  readonly name: string;
  readonly type: DataTypeCode;
  readonly shape: readonly number[];
  /** Offsets into the data. */
  readonly begin: number;
  readonly end: number;
}

function splitFile(bytes: Uint8Array): { header: Uint8Array; data: Uint8Array } {
  if (bytes.byteLength < 8) throw truncated("the length of the header", "8 bytes", `${bytes.byteLength}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(LONGEST_HEADER)) {
    throw new EspalierError("LIMIT_EXCEEDED", "The header is longer than the format allows", {
      limit: "headerBytes",
      where: "the first eight bytes",
      expected: `at most ${LONGEST_HEADER} bytes`,
      found: String(length),
      unblock: "Is this a safetensors file?",
    });
  }
  const end = 8 + Number(length);
  if (end > bytes.byteLength) {
    throw truncated("the header", `${end} bytes`, `${bytes.byteLength}`);
  }
  const header = bytes.subarray(8, end);
  if (header[0] !== OPENING_BRACE) {
    throw invalidCheckpoint("The header does not begin with an object", {
      where: "#",
      expected: "{",
      found: header.byteLength === 0 ? "nothing" : `byte ${header[0]}`,
    });
  }
  return { header, data: bytes.subarray(end) };
}

const OPENING_BRACE = 0x7b;

/**
 * Bounds what parsing will allocate, before it does: every value but the first follows one of `{`, `[` and `,`, and
 * there is one object a tensor, one of texts, and the header. (Brackets in names count too; they are rare.)
 */
function countValues(header: Uint8Array, limits: Limits): void {
  let [values, objects] = [0, 0];
  for (const byte of header) {
    if (byte === OPENING_BRACE) objects++;
    if (byte === OPENING_BRACE || byte === OPENING_BRACKET || byte === COMMA) values++;
  }
  enforceLimit(limits, "messages", values, "header");
  enforceLimit(limits, "initializers", objects - 2, "header");
}

const OPENING_BRACKET = 0x5b;
const COMMA = 0x2c;

function headerEntries(json: Json): { readonly [key: string]: Json } {
  return json as { readonly [key: string]: Json }; // It begins with a brace.
}

const INFO = v.object({
  dtype: v.string(),
  shape: v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  data_offsets: v.strictTuple([
    v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  ]),
});

function tensorInfo(name: string, value: Json, limits: Limits): TensorInfo {
  enforceLimit(limits, "nameBytes", new TextEncoder().encode(name).byteLength, "header");
  const where = quoteName(name);
  const axes = (value as { readonly shape?: Json } | null)?.shape;
  if (Array.isArray(axes)) enforceLimit(limits, "rank", axes.length, `tensor ${where}`);
  const info = checkShape(value, INFO, "INVALID_CHECKPOINT", `The description of tensor ${where} is wrong`);
  const { dtype, shape } = info;
  const [begin, end] = info.data_offsets;
  const type = safetensorsCode(dtype);
  if (type === null) {
    throw new EspalierError("UNSUPPORTED", "The element type of a tensor is not known", {
      value: name,
      expected: SAFETENSORS_TYPES.join(", "),
      found: quoteName(dtype),
    });
  }
  if (end < begin) {
    throw invalidCheckpoint("A tensor ends before it begins", { value: name, found: `${begin}, ${end}` });
  }
  const expected = rawByteLength(type, shape);
  if (expected !== end - begin) {
    throw new EspalierError("TENSOR_SIZE", "Shape and bytes of a tensor do not agree", {
      value: name,
      expected: `${expected} bytes for ${dtype}[${shape.join(", ")}]`,
      found: `${end - begin} bytes`,
    });
  }
  enforceLimit(limits, "tensorBytes", end - begin, `tensor ${where}`);
  return { name, type, shape, begin, end };
}

/** Every byte of the data belongs to one tensor. */
function checkCover(infos: readonly TensorInfo[], dataBytes: number): void {
  let end = 0;
  for (const info of infos) {
    if (info.begin !== end) {
      const what = info.begin < end ? "Two tensors share bytes" : "Bytes belong to no tensor";
      throw new EspalierError("AMBIGUOUS", what, {
        value: info.name,
        expected: `a tensor that begins at ${end}`,
        found: String(info.begin),
      });
    }
    end = info.end;
  }
  if (end > dataBytes) throw truncated("the data", `${end} bytes`, `${dataBytes}`);
  if (end < dataBytes) {
    throw new EspalierError("AMBIGUOUS", "Bytes behind the last tensor belong to none", {
      where: "data",
      expected: `${end} bytes`,
      found: String(dataBytes),
    });
  }
}

function metadataOf(notes: Json): Readonly<Record<string, string>> {
  const isTexts = (input: unknown): input is Record<string, string> =>
    typeof input === "object" &&
    input !== null &&
    !Array.isArray(input) &&
    Object.values(input).every((text) => typeof text === "string");
  return checkShape(
    notes,
    v.custom<Record<string, string>>(isTexts, "an object of texts"),
    "INVALID_CHECKPOINT",
    `${METADATA} is wrong`,
  );
}

function truncated(where: string, expected: string, found: string): EspalierError {
  return new EspalierError("TRUNCATED", "The file is shorter than it says", {
    where,
    expected,
    found: `${found} bytes`,
  });
}
