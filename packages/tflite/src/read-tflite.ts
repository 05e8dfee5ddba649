// Reads a TFLite file. After it a model is within its limits, every index points to something, every buffer has the
// size that its tensor needs, and what the file says can be understood in one way only. Buffers stay views on `bytes`,
// which must not change afterwards.

import { EspalierError, enforceLimit, isEspalierError, type Limits, resolveLimits } from "@espalier/ir";
import { IDENTIFIER } from "./is-tflite.js";
import { Location, refusal } from "./location.js";
import type { TfliteModel } from "./model.js";
import { resolveOperatorCode } from "./read/operator-code.js";
import { type RawTable, TableReader } from "./read/read-table.js";
import { verifyModel } from "./verify/verify-model.js";

export interface ReadTfliteOptions {
  /** `fileBytes`, `messages`, `nodes`, `inputsPerNode`, `nameBytes`, `textBytes` and `rank` count here. */
  readonly limits?: Partial<Limits>;
}

/** Offset of the root and identifier. */
const HEADER_BYTES = 8;

/**
 * The model in a TFLite file.
 * @throws EspalierError with a code of the group "Reading", the path in `context.where`; nothing else, whatever
 * `bytes` holds
 */
export function readTflite(bytes: Uint8Array, options: ReadTfliteOptions = {}): TfliteModel {
  try {
    // Never a Node Buffer: its slice() would not copy.
    return read(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), options);
  } catch (error) {
    if (isEspalierError(error)) throw error;
    throw new EspalierError("MALFORMED", "The file cannot be read", {}, { cause: error });
  }
}

function read(bytes: Uint8Array, options: ReadTfliteOptions): TfliteModel {
  const limits = resolveLimits(options.limits);
  enforceLimit(limits, "fileBytes", bytes.byteLength, "the file");
  if (bytes.byteLength < HEADER_BYTES)
    throw refusal(
      "TRUNCATED",
      "The file ends within its header",
      "the file",
      `at least ${HEADER_BYTES} bytes`,
      `${bytes.byteLength}`,
    );
  requireIdentifier(bytes);
  const location = new Location();
  const reader = new TableReader(bytes, limits, location);
  reader.file.require(0, HEADER_BYTES, 4, "The header");
  const raw = reader.readTable("Model", 0);
  refuseAppendedFiles(bytes, reader.file.reached);
  const operatorCodes = (raw.operatorCodes as RawTable[]).map(resolveOperatorCode);
  const model = { ...raw, operatorCodes } as unknown as TfliteModel;
  verifyModel(model, limits);
  return model;
}

function requireIdentifier(bytes: Uint8Array): void {
  const found = String.fromCharCode(...bytes.subarray(4, HEADER_BYTES));
  if (found === IDENTIFIER) return;
  throw refusal(
    "UNSUPPORTED_FORMAT",
    "This is not a TFLite file",
    "the file",
    `the identifier ${IDENTIFIER} at byte 4`,
    JSON.stringify(found),
  );
}

/** Labels and the like are kept in a ZIP behind the model by some tools. Writing the model again would drop them. */
function refuseAppendedFiles(bytes: Uint8Array, end: number): void {
  let at = end;
  while (at < bytes.byteLength && bytes[at] === 0) at++;
  if (bytes[at] !== 0x50 || bytes[at + 1] !== 0x4b) return;
  throw refusal(
    "UNSUPPORTED",
    "Files are appended to the model",
    "the file",
    `nothing behind byte ${end}`,
    `a ZIP archive of ${bytes.byteLength - at} bytes`,
    `Take them out: keep the first ${at} bytes.`,
  );
}
