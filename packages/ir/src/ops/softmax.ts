// Softmax, LogSoftmax, Hardmax: along one axis since opset 13; before, over all axes from it on, together.

import { intAttribute } from "../graph/attribute.js";
import type { Value } from "../graph/value.js";
import { intOf, requireInput, requireOutput } from "./attributes.js";
import { normalizeAxis, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface SoftmaxView {
  readonly x: Value;
  readonly y: Value;
  readonly kind: "softmax" | "log-softmax" | "hardmax";
  readonly axis: number | null;
  /** Whether everything from `axis` on counts as one dimension. */
  readonly coerced: boolean;
}

export const softmax: OpDefinition<SoftmaxView> = defineSoftmax("Softmax", "softmax");
export const logSoftmax: OpDefinition<SoftmaxView> = defineSoftmax("LogSoftmax", "log-softmax");
export const hardmax: OpDefinition<SoftmaxView> = defineSoftmax("Hardmax", "hardmax");

function defineSoftmax(opType: string, kind: SoftmaxView["kind"]): OpDefinition<SoftmaxView> {
  return defineOp({
    domain: "",
    opType,
    view: (node, facts) => {
      const x = requireInput(node, 0);
      const rank = rankOf(facts, x);
      const old = facts.opset("") < 13;
      const written = intOf(node, "axis") ?? (old ? 1 : -1);
      // Before opset 13 the axis could be the rank itself: nothing lies behind it.
      const axis = old && written === rank ? written : normalizeAxis(node, written, rank);
      return {
        x,
        y: requireOutput(node, 0),
        kind,
        axis,
        coerced: old && !(rank !== null && axis === rank - 1),
      };
    },
    raise: ({ x, y, axis, coerced }, node, form) => {
      if (form.opset >= 13) return;
      if (axis === null) return form.refuse("an axis counted from the end of a rank that is not known");
      node.attributes.set("axis", intAttribute(axis));
      if (!coerced) return;
      const flat = form.op("Flatten", [x], { axis: intAttribute(axis) });
      const result = form.op(opType, [flat], { axis: intAttribute(1) });
      form.replace(y, form.op("Reshape", [result, form.op("Shape", [x])]));
    },
    infer: ({ x }, facts) => [{ dataType: facts.dataType(x), shape: facts.shape(x) }],
  });
}
