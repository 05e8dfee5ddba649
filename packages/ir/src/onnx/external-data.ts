// Tensors whose bytes lie in other files: parses and checks what the model says about them, and reads them when
// somebody asks. The files themselves are opened by the host, which is handed in; this never touches a disk.

import { checkedAdd } from "../checked.js";
import { DataType } from "../data-type.js";
import { EspalierError, isEspalierError, quoteName } from "../errors.js";
import { enforceLimit, type Limits } from "../limits.js";
import type { TensorStorage } from "../tensor.js";
import { plainLocation } from "./external-location.js";
import type { TensorProto } from "./onnx_pb.js";

/** Opens the files beside a model. Given by the host, which also refuses links (`EXTERNAL_LINK`). */
export interface ExternalData {
  /**
   * @param location  checked: relative, "/" between plain names, no ".."
   * @throws EspalierError `EXTERNAL_MISSING` when there is no such file: then only reading the tensor fails
   */
  open(location: string): ExternalFile;
}

export interface ExternalFile {
  readonly byteLength: number;
  read(offset: number, length: number): Uint8Array;
}

interface Range {
  readonly value: string;
  readonly begin: number;
  readonly end: number;
}

/** What `external_data` of a tensor says. */
interface Claim {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** All the ranges that one model takes from other files. */
export class ExternalRanges {
  readonly #source: ExternalData | undefined;
  readonly #limits: Limits;
  /** Null: not handed over. */
  readonly #files = new Map<string, ExternalFile | EspalierError | null>();
  readonly #ranges = new Map<string, Range[]>();
  #bytes = 0;

  constructor(source: ExternalData | undefined, limits: Limits) {
    this.#source = source;
    this.#limits = limits;
  }

  /** The storage of a tensor that takes `expected` bytes; null when its type has no fixed width. */
  claim(proto: TensorProto, expected: number | null, value: string): TensorStorage {
    const { location, offset, length } = parseClaim(proto, expected, value, this.#limits);
    if (expected !== null && length !== expected) {
      throw new EspalierError("TENSOR_SIZE", "A tensor's external data has the wrong length", {
        value,
        expected: `${expected} bytes`,
        found: `${length} bytes`,
      });
    }
    enforceLimit(this.#limits, "tensorBytes", length, quoteName(value));
    this.#bytes += length;
    enforceLimit(this.#limits, "externalBytes", this.#bytes, "external data");
    const end = checkedAdd(offset, length, quoteName(value));
    const file = this.#open(location);
    if (file !== null && !(file instanceof Error)) checkRange({ location, offset, length }, file, value);
    if (length > 0) {
      const others = this.#ranges.get(location) ?? [];
      others.push({ value, begin: offset, end });
      this.#ranges.set(location, others);
    }
    const read = (): Uint8Array => readRange(file, { location, offset, length }, value);
    return { kind: "external", location, byteLength: length, read };
  }

  /** Two tensors may be the same range (tied weights), but never share a part of one. */
  verifyDisjoint(): void {
    for (const [location, ranges] of this.#ranges) {
      ranges.sort((a, b) => a.begin - b.begin || a.end - b.end);
      for (let i = 1; i < ranges.length; i++) {
        const [a, b] = [ranges[i - 1] as Range, ranges[i] as Range];
        if (b.begin >= a.end || (b.begin === a.begin && b.end === a.end)) continue;
        throw new EspalierError("AMBIGUOUS", "Two tensors share a part of their external data", {
          value: b.value,
          where: quoteName(location),
          found: `bytes ${b.begin} to ${b.end}, and ${a.begin} to ${a.end} for ${quoteName(a.value)}`,
        });
      }
    }
  }

  #open(location: string): ExternalFile | EspalierError | null {
    let file = this.#files.get(location);
    if (file === undefined) {
      file = this.#source === undefined ? null : open(this.#source, location);
      this.#files.set(location, file);
    }
    return file;
  }
}

function open(source: ExternalData, location: string): ExternalFile | EspalierError {
  try {
    return source.open(location);
  } catch (error) {
    if (isEspalierError(error, "EXTERNAL_MISSING")) return error;
    throw isEspalierError(error) ? error : hostFailure(location, error);
  }
}

function hostFailure(location: string, cause: unknown): EspalierError {
  return new EspalierError("IO", "External data cannot be read", { where: quoteName(location) }, { cause });
}

function missing(location: string): EspalierError {
  return new EspalierError("EXTERNAL_MISSING", "The file with the weights was not handed over", {
    where: quoteName(location),
    unblock: "Give the model together with its external data file.",
  });
}

function readRange(file: ExternalFile | EspalierError | null, claim: Claim, value: string): Uint8Array {
  const { location, offset, length } = claim;
  if (file === null) throw missing(location);
  if (file instanceof Error) throw file;
  if (length === 0) return new Uint8Array(0);
  let bytes: Uint8Array;
  try {
    bytes = file.read(offset, length);
  } catch (error) {
    throw isEspalierError(error) ? error : hostFailure(location, error);
  }
  if (bytes.byteLength === length) return new Uint8Array(bytes.buffer, bytes.byteOffset, length);
  throw new EspalierError("EXTERNAL_RANGE", "The external data ended while it was read", {
    value,
    where: quoteName(location),
    expected: `${length} bytes`,
    found: `${bytes.byteLength} bytes`,
  });
}

function checkRange(claim: Claim, file: ExternalFile, value: string): void {
  if (claim.offset <= file.byteLength && claim.length <= file.byteLength - claim.offset) return;
  throw new EspalierError("EXTERNAL_RANGE", "External data lies outside its file", {
    value,
    where: quoteName(claim.location),
    expected: `at most ${file.byteLength} bytes`,
    found: `${claim.length} bytes at ${claim.offset}`,
  });
}

function parseClaim(proto: TensorProto, expected: number | null, value: string, limits: Limits): Claim {
  if (proto.dataType === DataType.STRING) {
    throw new EspalierError("UNSUPPORTED", "String tensors cannot lie in external data", { value });
  }
  const entries = new Map<string, string>();
  for (const { key, value: text } of proto.externalData) {
    if (entries.has(key)) {
      throw new EspalierError("DUPLICATE", "External data gives a key twice", {
        value,
        found: quoteName(key),
      });
    }
    checkKey(key, value);
    entries.set(key, text);
  }
  const location = entries.get("location") ?? "";
  enforceLimit(limits, "nameBytes", location.length, "a location of external data");
  const length = numberOf(entries, "length", value) ?? expected;
  if (length === null) {
    throw new EspalierError("UNSUPPORTED", "External data of an unknown element type has no length", {
      value,
    });
  }
  return {
    location: plainLocation(location, value),
    offset: numberOf(entries, "offset", value) ?? 0,
    length,
  };
}

function checkKey(key: string, value: string): void {
  switch (key) {
    case "location":
    case "offset":
    case "length":
    case "checksum":
      return;
    case "basepath":
      throw new EspalierError("EXTERNAL_PATH", "External data names a folder of its own", {
        value,
        found: "basepath",
      });
    default:
      throw new EspalierError("UNSUPPORTED", "External data has an unknown key", {
        value,
        expected: "location, offset, length, checksum",
        found: quoteName(key),
      });
  }
}

function numberOf(entries: ReadonlyMap<string, string>, key: string, value: string): number | null {
  const text = entries.get(key);
  if (text === undefined) return null;
  if (!/^\d{1,20}$/.test(text)) {
    throw new EspalierError("MALFORMED", `The ${key} of external data is not a number`, {
      value,
      found: quoteName(text),
    });
  }
  if (!Number.isSafeInteger(Number(text))) {
    throw new EspalierError("OVERFLOW", `The ${key} of external data does not fit`, { value, found: text });
  }
  return Number(text);
}
