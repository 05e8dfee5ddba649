// The error for a size that training has to know: step graphs are written for one batch size.

import { type Dim, EspalierError, shapeText, type Value } from "@espalier/ir";

export function unboundShape(value: Value, shape: readonly Dim[] | null): EspalierError {
  return new EspalierError("SIZE_UNKNOWN", "Training needs to know every size", {
    value: value.name,
    expected: "numbers",
    found: shapeText(shape),
    unblock: "Bind the symbolic dimension (--dim NAME=VALUE).",
  });
}
