// Dimensions that a client gives, against those of the model. Products are checked before they are used.

import { checkedMultiply, checkedProduct, isEspalierError, quoteName } from "@espalier/ir";
import { Refusal } from "../server/refusal.js";
import type { Port } from "./port.js";

export interface DimRules {
  /** Largest first dimension where the model leaves it free. */
  readonly batch: number;
  /** Bytes of one tensor. */
  readonly bytes: number;
}

/**
 * The number of elements of an input with `dims`.
 * @param elementBytes 0 for strings
 * @throws Refusal `INVALID_INPUT`
 */
export function checkDims(
  port: Port,
  dims: readonly number[],
  elementBytes: number,
  rules: DimRules,
): number {
  const refuse = (found: string): Refusal =>
    new Refusal("INVALID_INPUT", {
      where: `dims of ${quoteName(port.name)}`,
      expected: shapeText(port.shape),
      found,
    });
  if (dims.length !== port.shape.length) throw refuse(`${dims.length} dimensions`);
  for (const [axis, dim] of dims.entries()) {
    if (!Number.isSafeInteger(dim) || dim < 1)
      throw refuse(`${String(dim).slice(0, 40)} as dimension ${axis}`);
    const declared = port.shape[axis];
    if (typeof declared === "number" && declared >= 0 && dim !== declared)
      throw refuse(`${dim} as dimension ${axis}`);
    if (typeof declared === "string" && axis === 0 && dim > rules.batch)
      throw new Refusal("INVALID_INPUT", {
        where: `dims of ${quoteName(port.name)}`,
        expected: `a batch of at most ${rules.batch}`,
        found: String(dim),
        unblock: "Send smaller batches; the server's operator can raise --max-batch.",
      });
  }
  try {
    const elements = checkedProduct(dims, "dims");
    const bytes = checkedMultiply(elements, elementBytes, "dims");
    if (bytes > rules.bytes) throw refuse(`${bytes} bytes, above ${rules.bytes}`);
    return elements;
  } catch (error) {
    if (isEspalierError(error, "OVERFLOW")) throw refuse("a product above 2^53 - 1");
    throw error;
  }
}

/** "batch × 3 × 224 × 224" */
export function shapeText(shape: readonly (number | string)[]): string {
  if (shape.length === 0) return "no dimensions: a scalar";
  return shape
    .map((dim) => (typeof dim === "number" ? dim : dim === "" ? "any" : quoteName(dim)))
    .join(" × ");
}
