// Sizes as training needs them: numbers, since step graphs are written for one batch size.

import { type Dim, EspalierError, type Facts, isStaticShape, shapeText, type Value } from "@espalier/ir";

/** @throws EspalierError `SIZE_UNKNOWN` where a size is symbolic */
export function staticShape(facts: Facts, value: Value): readonly number[] {
  const shape = facts.shape(value);
  if (shape === null || !isStaticShape(shape)) throw unboundShape(value, shape);
  return shape;
}

export function unboundShape(value: Value, shape: readonly Dim[] | null): EspalierError {
  return new EspalierError("SIZE_UNKNOWN", "Training needs to know every size", {
    value: value.name,
    expected: "numbers",
    found: shapeText(shape),
    unblock: "Bind the symbolic dimension (--dim NAME=VALUE).",
  });
}
