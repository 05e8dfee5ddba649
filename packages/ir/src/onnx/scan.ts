// Walks the wire format of a file before anything is decoded, allocating nothing: a decoder turns 16 MiB of empty
// messages into a gigabyte of objects. Large payloads are stepped over, so the cost is that of the structure. What
// passes decodes without error, within the limits, and the same in every reader of protobuf. The function is long
// because it is the inner loop: everything it counts lives in local variables.

import { EspalierError } from "../errors.js";
import { enforceLimit, type Limits } from "../limits.js";
import { throwIfAborted } from "./read-context.js";
import { invalidUtf8At } from "./utf8.js";
import {
  createWireTable,
  FIELDS_PER_TYPE,
  FILE_COUNTS,
  FieldKind,
  SLOTS_PER_TYPE,
  type WireTable,
} from "./wire-table.js";

const RECORDS_PER_CHECK = 4096;
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
/** Heap bytes that `limits.messages` counts as one. */
const HEAP_PER_MESSAGE = 128;
const HEAP_OF_UNKNOWN = 160;

let cachedTable: WireTable | undefined;

/**
 * Checks the encoding of a ModelProto against `limits`.
 * @throws EspalierError `TRUNCATED`, `MALFORMED`, `DEPTH_EXCEEDED`, `LIMIT_EXCEEDED`, `AMBIGUOUS`, `UNSUPPORTED`
 */
export function scanModel(bytes: Uint8Array, limits: Limits, signal?: AbortSignal): void {
  cachedTable ??= createWireTable();
  const table = cachedTable;
  const { kinds, children, singularBits, slots, fileCounts, heapBytes, graphType } = table;
  const slotMaxima = Float64Array.from(table.slotLimits, (limit) => (limit ? limits[limit] : 0));
  const fileMaxima = Float64Array.from([0, ...FILE_COUNTS.map((limit) => limits[limit])]);
  const heapMaximum = limits.messages * HEAP_PER_MESSAGE;
  const fileTotals = new Float64Array(fileMaxima.length);
  // One frame per open message: where it ends, its type, the singular fields seen.
  const maxDepth = limits.messageDepth;
  const ends: number[] = [];
  const types: number[] = [];
  const seenBits: number[] = [];
  const slotCounts: number[] = [0, 0, 0, 0];
  let depth = 1;
  let graphs = 0;
  let type = 0;
  let seen = 0;
  let end = bytes.byteLength;
  let pos = 0;
  let heap = 0;
  let text = 0;
  let records = 0;

  for (;;) {
    if (pos >= end) {
      if (depth === 1) return;
      if (type === graphType) graphs--;
      depth--;
      end = ends.pop() as number;
      type = types.pop() as number;
      seen = seenBits.pop() as number;
      continue;
    }
    if (++records % RECORDS_PER_CHECK === 0) throwIfAborted(signal);

    const start = pos;
    let tag = bytes[pos++] as number;
    if (tag >= 0x80) {
      tag &= 0x7f;
      for (let scale = 0x80, byte = 0x80; byte >= 0x80; scale *= 0x80) {
        if (pos >= end) throw cutOff(table, type, start, pos >= bytes.byteLength);
        byte = bytes[pos++] as number;
        tag += (byte & 0x7f) * scale;
        if (tag > 0xffffffff || pos - start > 5) throw malformed(table, type, start, "an overlong tag");
      }
    }
    const wire = tag % 8;
    const number = (tag - wire) / 8;
    if (number === 0) throw malformed(table, type, start, "field number 0");
    const at = number < FIELDS_PER_TYPE ? type * FIELDS_PER_TYPE + number : -1;
    const kind = at < 0 ? FieldKind.unknown : (kinds[at] as number);

    if (kind !== FieldKind.unknown) {
      const bit = singularBits[at] as number;
      if ((seen & bit) !== 0) throw givenTwice(table, type, at, start);
      seen |= bit;
      heap += heapBytes[at] as number;
      const slot = slots[at] as number;
      if (slot !== 0) {
        const count = ++(slotCounts as number[])[depth * SLOTS_PER_TYPE - SLOTS_PER_TYPE + slot]!;
        if (count > (slotMaxima[type * SLOTS_PER_TYPE + slot] as number)) {
          tooMany(table, limits, table.slotLimits[type * SLOTS_PER_TYPE + slot], count, at);
        }
      }
      const total = fileCounts[at] as number;
      if (total !== 0 && ++(fileTotals[total] as number) > (fileMaxima[total] as number)) {
        tooMany(table, limits, FILE_COUNTS[total - 1], fileTotals[total] as number, at);
      }
    }

    // The payload: a number, or a length and that many bytes.
    let length = 0;
    if (wire === LENGTH_DELIMITED) {
      length = pos < end ? (bytes[pos] as number) : 0x80;
      const lengthStart = pos++;
      if (length >= 0x80) {
        length &= 0x7f;
        for (let scale = 0x80, byte = 0x80; byte >= 0x80; scale *= 0x80) {
          if (pos >= end) throw cutOff(table, type, start, pos >= bytes.byteLength);
          byte = bytes[pos++] as number;
          length += (byte & 0x7f) * scale;
          if (pos - lengthStart > 5) throw malformed(table, type, start, "an overlong length");
        }
      }
      if (length > end - pos) throw cutOff(table, type, start, length > bytes.byteLength - pos);
    } else if (wire === VARINT) {
      const next = skipVarint(bytes, pos, end);
      if (next < 0) {
        if (next === OVERLONG) throw malformed(table, type, start, "an overlong number");
        throw cutOff(table, type, start, end >= bytes.byteLength);
      }
      pos = next;
    } else if (wire === FIXED32 || wire === FIXED64) {
      pos += wire === FIXED32 ? 4 : 8;
      if (pos > end) throw cutOff(table, type, start, pos > bytes.byteLength);
    } else {
      throw malformed(table, type, start, wire === 3 || wire === 4 ? "a group" : `wire type ${wire}`);
    }

    switch (kind) {
      case FieldKind.message: {
        if (wire !== LENGTH_DELIMITED) throw wrongWire(table, type, at, start, wire);
        if (++depth > maxDepth) throw tooDeep("messages", maxDepth);
        ends.push(end);
        types.push(type);
        seenBits.push(seen);
        end = pos + length;
        type = children[at] as number;
        seen = 0;
        const base = depth * SLOTS_PER_TYPE - SLOTS_PER_TYPE;
        slotCounts[base] = slotCounts[base + 1] = slotCounts[base + 2] = slotCounts[base + 3] = 0;
        if (type === graphType && ++graphs - 1 > limits.subgraphDepth) {
          throw tooDeep("subgraphs", limits.subgraphDepth);
        }
        break;
      }
      case FieldKind.name:
      case FieldKind.text: {
        if (wire !== LENGTH_DELIMITED) throw wrongWire(table, type, at, start, wire);
        if (kind === FieldKind.name && length > limits.nameBytes) {
          tooMany(table, limits, "nameBytes", length, at);
        }
        text += length;
        if (text > limits.textBytes) tooMany(table, limits, "textBytes", text, at);
        const textEnd = pos + length;
        let ascii = pos;
        while (ascii < textEnd && (bytes[ascii] as number) < 0x80) ascii++;
        if (ascii < textEnd && invalidUtf8At(bytes, ascii, textEnd) >= 0) {
          throw malformed(table, type, start, "text that is not UTF-8");
        }
        pos = textEnd;
        break;
      }
      case FieldKind.bytes:
        if (wire !== LENGTH_DELIMITED) throw wrongWire(table, type, at, start, wire);
        pos += length;
        break;
      case FieldKind.packed:
        if (wire !== LENGTH_DELIMITED) throw unpacked(table, at);
        pos += length;
        break;
      case FieldKind.varint:
      case FieldKind.fixed32: {
        let count = 1;
        if (wire === LENGTH_DELIMITED && singularBits[at] === 0) {
          count = kind === FieldKind.varint ? countVarints(bytes, pos, pos + length) : length / 4;
          if (!Number.isInteger(count))
            throw malformed(table, type, start, "a packed run that ends in a number");
          const slot = slots[at] as number;
          if (slot !== 0) {
            const index = depth * SLOTS_PER_TYPE - SLOTS_PER_TYPE + slot;
            slotCounts[index] = (slotCounts[index] as number) - 1 + count;
            const met = slotCounts[index] as number;
            const limit = table.slotLimits[type * SLOTS_PER_TYPE + slot];
            if (limit !== undefined && met > limits[limit]) tooMany(table, limits, limit, met, at);
          }
          pos += length;
        } else if (wire !== (kind === FieldKind.varint ? VARINT : FIXED32)) {
          throw wrongWire(table, type, at, start, wire);
        }
        heap += (count - 1) * (heapBytes[at] as number);
        break;
      }
      default:
        pos += length;
        heap += HEAP_OF_UNKNOWN;
    }
    if (heap > heapMaximum) {
      enforceLimit(limits, "messages", Math.ceil(heap / HEAP_PER_MESSAGE), "messages, fields and numbers");
    }
  }
}

const OVERLONG = -1;
const CUT_OFF = -2;

/** The position after the varint at `pos`; negative when there is none. */
function skipVarint(bytes: Uint8Array, pos: number, end: number): number {
  for (let i = pos; i < end; i++) {
    const byte = bytes[i] as number;
    // The tenth byte holds the last of 64 bits.
    if (i - pos === 9 && byte > 1) return OVERLONG;
    if (byte < 0x80) return i + 1;
  }
  return CUT_OFF;
}

/** Numbers in a packed run; NaN when one is cut off or overlong. */
function countVarints(bytes: Uint8Array, begin: number, end: number): number {
  let count = 0;
  for (let pos = begin; pos < end; count++) {
    pos = skipVarint(bytes, pos, end);
    if (pos < 0) return Number.NaN;
  }
  return count;
}

function malformed(table: WireTable, type: number, offset: number, found: string): EspalierError {
  return new EspalierError("MALFORMED", "This is not a valid encoding of an ONNX model", {
    where: `${table.names[type]} at byte ${offset}`,
    found,
  });
}

function cutOff(table: WireTable, type: number, offset: number, atEndOfFile: boolean): EspalierError {
  if (!atEndOfFile) return malformed(table, type, offset, "a record that is longer than its message");
  return new EspalierError("TRUNCATED", "The file ends in the middle of a record", {
    where: `${table.names[type]} at byte ${offset}`,
    unblock: "Copy or download it again.",
  });
}

function wrongWire(table: WireTable, type: number, at: number, offset: number, wire: number): EspalierError {
  return malformed(table, type, offset, `wire type ${wire} for ${table.fieldNames[at]}`);
}

function givenTwice(table: WireTable, type: number, at: number, offset: number): EspalierError {
  return new EspalierError("AMBIGUOUS", "A field that may be given once is given twice", {
    where: `${table.names[type]} at byte ${offset}`,
    found: table.fieldNames[at] ?? "",
  });
}

function unpacked(table: WireTable, at: number): EspalierError {
  return new EspalierError("UNSUPPORTED", "A tensor's numbers are not packed", {
    where: table.fieldNames[at] ?? "",
    unblock: "Load and save the model with the onnx package of Python.",
  });
}

function tooDeep(what: string, limit: number): EspalierError {
  return new EspalierError("DEPTH_EXCEEDED", `The file nests ${what} too deep`, {
    expected: `at most ${limit}`,
  });
}

function tooMany(
  table: WireTable,
  limits: Limits,
  limit: keyof Limits | undefined,
  met: number,
  at: number,
): void {
  const name = `${table.names[Math.floor(at / FIELDS_PER_TYPE)]}.${table.fieldNames[at]}`;
  if (limit !== undefined) enforceLimit(limits, limit, met, name);
}
