// Options of a builtin operator with the schema's defaults for all that is not given.

import { BUILTIN_OPTIONS, type BuiltinOptionsType, type OptionsOf } from "./schema/builtin-options.js";
import { ENUMS, type EnumName } from "./schema/enums.js";
import { type Field, isScalarKind, isTextKind, type Table } from "./schema/field.js";

/**
 * ```ts
 * makeOptions("Conv2DOptions", { strideW: 2, strideH: 2 }).dilationWFactor; // => 1
 * ```
 */
export function makeOptions<T extends BuiltinOptionsType>(
  type: T,
  given: Partial<Omit<OptionsOf<T>, "type">> = {},
): OptionsOf<T> {
  const table: Table = BUILTIN_OPTIONS[type];
  const defaults = Object.fromEntries(table.map((field) => [field[1], defaultOf(field)]));
  return { type, ...defaults, ...given } as OptionsOf<T>;
}

function defaultOf([, , kind, detail]: Field): unknown {
  if (detail !== undefined) return detail;
  if (isScalarKind(kind)) return kind === "bool" ? false : kind === "long" ? 0n : 0;
  if (kind in ENUMS) return ENUMS[kind as EnumName][0];
  if (isTextKind(kind)) return "";
  return kind === "float[]?" ? new Float32Array(0) : [];
}
