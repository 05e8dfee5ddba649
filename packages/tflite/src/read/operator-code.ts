// An operator's code stands in two fields: one byte of old, four bytes since schema 3a. Runtimes take the larger;
// older ones know only the first.

import { refusal } from "../location.js";
import type { OperatorCode } from "../model.js";
import { builtinOperatorName, PLACEHOLDER_CODE } from "../schema/builtin-operator.js";
import type { RawTable } from "./read-table.js";

/** @throws EspalierError `AMBIGUOUS`, `UNSUPPORTED_VERSION` */
export function resolveOperatorCode(raw: RawTable, index: number): OperatorCode {
  const where = `operatorCodes[${index}].builtinCode`;
  const byte = raw.deprecatedBuiltinCode as number;
  const long = raw.builtinCode as number;
  const code = Math.max(byte, long);
  const isOldFile = long === 0 && byte >= 0 && byte < PLACEHOLDER_CODE;
  if (!isOldFile && byte !== Math.min(long, PLACEHOLDER_CODE))
    throw refusal(
      "AMBIGUOUS",
      "The two codes of an operator contradict each other",
      where,
      `${Math.min(long, PLACEHOLDER_CODE)} as deprecated code`,
      `${byte} beside ${long}`,
    );
  const name = builtinOperatorName(code);
  if (name === undefined || code === PLACEHOLDER_CODE)
    throw refusal("UNSUPPORTED_VERSION", "An operator is not known", where, "0 to 161", String(code));
  return { builtinCode: name, customCode: raw.customCode as string, version: raw.version as number };
}
