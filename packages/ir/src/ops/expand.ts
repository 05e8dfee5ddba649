// Expand: broadcasts to a shape given as an input. Both ways: a 1 in the target keeps the size of x.

import { type Dim, isStaticShape } from "../dim.js";
import type { Value } from "../graph/value.js";
import { broadcastShapes } from "../shape/broadcast.js";
import { broadcastContents, contentsSize, elementsOf } from "../shape/contents.js";
import { isArbitrary, unknownDim } from "../shape/unknown.js";
import { requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface ExpandView {
  readonly x: Value;
  readonly y: Value;
  /** Elements of the target as far as they are known; null when not even their number is. */
  readonly target: readonly Dim[] | null;
  readonly targetInput: Value;
}

export const expand: OpDefinition<ExpandView> = defineOp({
  domain: "",
  opType: "Expand",
  view: (node, facts) => {
    const targetInput = requireInput(node, 1);
    return {
      x: requireInput(node, 0),
      y: requireOutput(node, 0),
      target: elementsOf(facts, targetInput),
      targetInput,
    };
  },
  infer: ({ x, y, target }, facts) => {
    const own = facts.shape(x);
    const wanted = target?.map((size, axis) => (isArbitrary(size) ? unknownDim(y, axis) : size)) ?? null;
    const shape = broadcastShapes([own, wanted]);
    const contents = facts.contents(x);
    const small = shape !== null && contentsSize(shape) !== null && isStaticShape(shape);
    return [
      {
        dataType: facts.dataType(x),
        shape,
        contents:
          small && contents !== null && own !== null && isStaticShape(own)
            ? broadcastContents(contents, own, shape)
            : null,
      },
    ];
  },
});
