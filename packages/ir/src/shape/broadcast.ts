// NumPy broadcasting on symbolic shapes.

import { type Dim, dimText, equalDims, isStatic, opaqueDim, shapeText } from "../dim.js";
import { EspalierError } from "../errors.js";
import { isMinimumOf } from "./dim-arithmetic.js";

/**
 * The common shape; null when one of them is not known.
 * @throws EspalierError `SHAPE_MISMATCH` when two known sizes contradict each other
 */
export function broadcastShapes(shapes: readonly (readonly Dim[] | null)[]): readonly Dim[] | null {
  let result: readonly Dim[] = [];
  for (const shape of shapes) {
    if (shape === null) return null;
    result = result.length === 0 ? shape : broadcastTwo(result, shape);
  }
  return result;
}

function broadcastTwo(a: readonly Dim[], b: readonly Dim[]): Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[i - rank + a.length] ?? 1;
    const right = b[i - rank + b.length] ?? 1;
    const size = broadcastDims(left, right);
    if (size !== null) return size;
    throw new EspalierError("SHAPE_MISMATCH", "Shapes cannot be broadcast together", {
      found: `${shapeText(a)} and ${shapeText(b)}`,
    });
  });
}

/** The common size of two axes; null when they contradict each other. */
export function broadcastDims(a: Dim, b: Dim): Dim | null {
  if (a === 1) return b;
  if (b === 1) return a;
  if (isStatic(a) && isStatic(b)) return a === b ? a : null;
  // A size above 1 leaves the other one no choice but itself or 1.
  if (isStatic(a)) return a;
  if (isStatic(b)) return b;
  // A table cut to a length, min(k, n), goes with n only where that is at most k.
  if (equalDims(a, b) || isMinimumOf(b, a) || absorbs(a, b)) return a;
  if (isMinimumOf(a, b) || absorbs(b, a)) return b;
  return dimText(a) <= dimText(b) ? opaqueDim("broadcast", a, b) : opaqueDim("broadcast", b, a);
}

/** True when `a` is already the broadcast of `b` with something. */
function absorbs(a: Dim, b: Dim): boolean {
  const [whole, part] = [dimText(a), dimText(b)];
  return (
    whole.startsWith(`broadcast(${part},`) || (whole.startsWith("broadcast(") && whole.endsWith(`,${part})`))
  );
}
