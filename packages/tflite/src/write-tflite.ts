// Writes a TFLite file. The model is held to what reading holds files to, so what is written opens; the same model
// gives the same bytes.

import { EspalierError, type Limits, NODE_LIMITS, resolveLimits } from "@espalier/ir";
import { Builder } from "flatbuffers";
import { IDENTIFIER } from "./is-tflite.js";
import { Location, refusal } from "./location.js";
import type { OperatorCode, TfliteModel } from "./model.js";
import { builtinOperator, PLACEHOLDER_CODE } from "./schema/builtin-operator.js";
import { verifyModel } from "./verify/verify-model.js";
import { TableWriter } from "./write/write-table.js";

export interface WriteTfliteOptions {
  /** As for reading. */
  readonly limits?: Partial<Limits>;
}

/** Room for a buffer's table, length, padding and places in two vectors. */
const BYTES_AROUND_BUFFER = 64;
const FIRST_BYTES = 16 * 1024;

/**
 * The bytes of a model: schema version 3, every buffer at a multiple of 16 bytes.
 * @throws EspalierError where the model contradicts itself, with the path in `context.where`
 */
export function writeTflite(model: TfliteModel, options: WriteTfliteOptions = {}): Uint8Array {
  const limits = resolveLimits(options.limits);
  verifyModel(model, limits);
  const builder = new Builder(capacityFor(model));
  const writer = new TableWriter(builder, new Location());
  const raw = { ...model, operatorCodes: model.operatorCodes.map(splitOperatorCode) };
  try {
    builder.finish(writer.writeTable("Model", raw), IDENTIFIER);
  } catch (cause) {
    // The builder's own limit, which cannot be asked for beforehand.
    if (cause instanceof Error && /cannot grow/.test(cause.message)) throw tooLarge("more", cause);
    throw cause;
  }
  return builder.asUint8Array().slice();
}

/** Bytes to start with, such that large buffers are copied once. */
function capacityFor({ buffers }: TfliteModel): number {
  const bytes = buffers.reduce((sum, { data }) => sum + data.byteLength + BYTES_AROUND_BUFFER, FIRST_BYTES);
  if (bytes > NODE_LIMITS.fileBytes) throw tooLarge(`${bytes} bytes`);
  return bytes;
}

function tooLarge(found: string, cause?: unknown): EspalierError {
  const context = { limit: "fileBytes", where: "the file", expected: "less than 2 GiB", found };
  return new EspalierError("LIMIT_EXCEEDED", "The model does not fit in one FlatBuffer", context, { cause });
}

/** Both codes, so that runtimes from before schema 3a read the same operator. */
function splitOperatorCode({ builtinCode, ...rest }: OperatorCode): object {
  const entry = builtinOperator(builtinCode);
  if (entry === undefined)
    throw refusal("UNSUPPORTED_VERSION", "An operator is not known", "operatorCodes", "a name", builtinCode);
  return {
    ...rest,
    builtinCode: entry.code,
    deprecatedBuiltinCode: Math.min(entry.code, PLACEHOLDER_CODE),
  };
}
