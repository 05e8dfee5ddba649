// Checks what strict JSON gave against a valibot schema. The value itself is handed on, not valibot's copy:
// unknown keys stay, and so do keys such as `__proto__` that a copy would drop.

import { type ErrorCode, EspalierError, quoteName } from "@espalier/ir";
import * as v from "valibot";
import { type Json, jsonPointer } from "./strict-json.js";

/**
 * `value`, typed as what `schema` accepts. The schema must only check: transformations are not applied.
 *
 * @throws EspalierError `code` with the JSON pointer of the first problem
 */
export function checkShape<S extends v.GenericSchema>(
  value: Json,
  schema: S,
  code: ErrorCode,
  what: string,
): v.InferInput<S> {
  const { issues } = v.safeParse(schema, value, { abortEarly: true });
  const issue = issues?.[0];
  if (issue === undefined) return value as v.InferInput<S>;
  throw new EspalierError(code, what, {
    where: jsonPointer((issue.path ?? []).map((item) => item.key as string | number)),
    expected: issue.expected ?? issue.message,
    found: foundText(issue.received, issue.input),
  });
}

function foundText(received: string, input: unknown): string {
  if (typeof input === "string") return quoteName(input);
  if (Array.isArray(input)) return `an array of ${input.length}`;
  if (typeof input === "number") return String(input);
  return received;
}

/** A file's name as plans and receipts may give it: relative, "/" between plain names. */
export const plainPath: v.GenericSchema<string> = v.pipe(
  v.string(),
  v.check(
    (path) =>
      path !== "" &&
      !/[\\:\0]/.test(path) &&
      path.split("/").every((name) => name !== "" && name !== "." && name !== ".."),
    "a relative path of plain names",
  ),
);

/** Digest of a file: 64 small hexadecimal digits. */
export const sha256Text: v.GenericSchema<string> = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{64}$/, "64 small hexadecimal digits"),
);

/** An object used as a map; valibot's own `record` would leave a key such as `__proto__` unchecked. */
export function mapOf<T>(
  holds: (value: unknown) => value is T,
  expected: string,
): v.GenericSchema<Record<string, T>> {
  return v.custom<Record<string, T>>(
    (input) =>
      typeof input === "object" &&
      input !== null &&
      !Array.isArray(input) &&
      Object.values(input).every(holds),
    expected,
  );
}

/** Whole number ≥ 0. */
export const count: v.GenericSchema<number> = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
