// Gather: takes slices of one axis; look-up of embeddings, and of single sizes in shape arithmetic.

import { type Dim, isStatic, isStaticShape } from "../dim.js";
import type { Value } from "../graph/value.js";
import { contentsSize, numbersOf } from "../shape/contents.js";
import type { Facts } from "../shape/facts.js";
import { intOf, requireInput, requireOutput } from "./attributes.js";
import { normalizeAxis, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** y = data[..., indices, ...] at `axis`: data's axis is replaced by all axes of indices. */
export interface GatherView {
  readonly data: Value;
  readonly indices: Value;
  readonly y: Value;
  readonly axis: number | null;
}

export const gather: OpDefinition<GatherView> = defineOp({
  domain: "",
  opType: "Gather",
  view: (node, facts) => {
    const data = requireInput(node, 0);
    return {
      data,
      indices: requireInput(node, 1),
      y: requireOutput(node, 0),
      axis: normalizeAxis(node, intOf(node, "axis") ?? 0, rankOf(facts, data)),
    };
  },
  infer: (view, facts) => {
    const data = facts.shape(view.data);
    const indices = facts.shape(view.indices);
    const dataType = facts.dataType(view.data);
    if (data === null || indices === null || view.axis === null) return [{ dataType, shape: null }];
    const shape = [...data.slice(0, view.axis), ...indices, ...data.slice(view.axis + 1)];
    return [{ dataType, shape, contents: picked(view, shape, facts) }];
  },
});

function picked({ data, indices, axis }: GatherView, shape: readonly Dim[], facts: Facts): Dim[] | null {
  const contents = facts.contents(data);
  const picks = numbersOf(facts, indices);
  const dims = facts.shape(data);
  if (contents === null || picks === null || dims === null || axis === null) return null;
  if (contentsSize(shape) === null || !isStaticShape(dims)) return null;
  const size = dims[axis] as number;
  const inner = dims.slice(axis + 1).reduce((a, b) => a * b, 1);
  const outer = dims.slice(0, axis).reduce((a, b) => a * b, 1);
  const result: Dim[] = [];
  for (let row = 0; row < outer; row++) {
    for (const pick of picks) {
      const at = (row * size + (pick < 0 ? pick + size : pick)) * inner;
      for (let i = 0; i < inner; i++) {
        const element = contents[at + i];
        if (element === undefined || (isStatic(element) && Number.isNaN(element))) return null;
        result.push(element);
      }
    }
  }
  return result;
}
