// Tile: repeats whole axes; the counts are an input.

import { type Dim, isStatic, isStaticShape, multiplyDims } from "../dim.js";
import type { Value } from "../graph/value.js";
import { contentsSize, elementsOf, stridesOf } from "../shape/contents.js";
import type { Facts } from "../shape/facts.js";
import { isArbitrary, unknownDim, unknownShape } from "../shape/unknown.js";
import { requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface TileView {
  readonly x: Value;
  readonly y: Value;
  /** One entry per axis; null when not constant. */
  readonly repeats: readonly number[] | null;
  readonly repeatsInput: Value;
}

export const tile: OpDefinition<TileView> = defineOp({
  domain: "",
  opType: "Tile",
  view: (node, facts) => {
    const repeatsInput = requireInput(node, 1);
    const repeats = facts.contents(repeatsInput);
    return {
      x: requireInput(node, 0),
      y: requireOutput(node, 0),
      repeats: repeats?.every(isStatic) ? repeats : null,
      repeatsInput,
    };
  },
  infer: (view, facts) => {
    const { x, y, repeatsInput } = view;
    const shape = facts.shape(x);
    const dataType = facts.dataType(x);
    if (shape === null) return [{ dataType, shape: null }];
    const repeats = elementsOf(facts, repeatsInput);
    if (repeats === null) return [{ dataType, shape: unknownShape(y, shape.length) }];
    const tiled = shape.map((size, axis) => {
      const count = repeats[axis] ?? 1;
      return isArbitrary(count) ? unknownDim(y, axis) : multiplyDims(size, count);
    });
    return [{ dataType, shape: tiled, contents: repeated(x, shape, tiled, facts) }];
  },
});

function repeated(x: Value, shape: readonly Dim[], tiled: readonly Dim[], facts: Facts): Dim[] | null {
  const contents = facts.contents(x);
  const size = contentsSize(tiled);
  if (contents === null || size === null || !isStaticShape(shape) || !isStaticShape(tiled)) return null;
  const [from, to] = [stridesOf(shape), stridesOf(tiled)];
  return Array.from({ length: size }, (_, at) => {
    let source = 0;
    for (let axis = 0; axis < tiled.length; axis++) {
      const index = Math.floor(at / (to[axis] as number)) % (tiled[axis] as number);
      source += (index % (shape[axis] as number)) * (from[axis] as number);
    }
    return contents[source] ?? 0;
  });
}
