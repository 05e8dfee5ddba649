// NonZero: positions of the elements that are not 0, as many as the data has.

import { DataType } from "../data-type.js";
import { isStatic, isStaticShape } from "../dim.js";
import type { Value } from "../graph/value.js";
import { stridesOf } from "../shape/contents.js";
import { unknownDim } from "../shape/unknown.js";
import { requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** y [rank of x, number of non-zero elements]. */
export interface NonZeroView {
  readonly x: Value;
  readonly y: Value;
}

export const nonZero: OpDefinition<NonZeroView> = defineOp({
  domain: "",
  opType: "NonZero",
  view: (node) => ({ x: requireInput(node, 0), y: requireOutput(node, 0) }),
  infer: ({ x, y }, facts) => {
    const shape = facts.shape(x);
    const dataType = DataType.INT64;
    if (shape === null) return [{ dataType, shape: [unknownDim(y, 0), unknownDim(y, 1)] }];
    const contents = facts.contents(x);
    if (contents === null || !contents.every(isStatic) || !isStaticShape(shape)) {
      return [{ dataType, shape: [shape.length, unknownDim(y, 1)] }];
    }
    const found = contents.flatMap((element, at) => (element === 0 ? [] : [at]));
    const positions = stridesOf(shape).flatMap((stride, axis) =>
      found.map((at) => Math.floor(at / stride) % (shape[axis] as number)),
    );
    return [{ dataType, shape: [shape.length, found.length], contents: positions }];
  },
});
