// Dropout: the identity in inference; ratio and training mode moved from attributes to inputs in opset 12.

import { DataType } from "../data-type.js";
import type { Value } from "../graph/value.js";
import { scalarOf } from "../shape/contents.js";
import { floatOf, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface DropoutView {
  readonly x: Value;
  readonly y: Value;
  readonly mask: Value | null;
  /** null when it is not a constant. */
  readonly ratio: number | null;
  /** True when it drops; null when that is decided at run time. */
  readonly training: boolean | null;
}

export const dropout: OpDefinition<DropoutView> = defineOp({
  domain: "",
  opType: "Dropout",
  view: (node, facts) => {
    const fromInputs = facts.opset("") >= 12;
    const ratio = fromInputs ? scalarOf(facts, node.input(1)) : (floatOf(node, "ratio") ?? 0.5);
    const mode = fromInputs && node.input(2) !== null ? scalarOf(facts, node.input(2)) : 0;
    return {
      x: requireInput(node, 0),
      y: requireOutput(node, 0),
      mask: node.output(1),
      ratio: fromInputs && node.input(1) === null ? 0.5 : typeof ratio === "number" ? ratio : null,
      training: typeof mode === "number" ? mode !== 0 : null,
    };
  },
  raise: ({ mask }, node, form) => {
    if (form.opset >= 12) return;
    if (form.opset < 10 && mask !== null && mask.consumers.size > 0)
      form.refuse("a mask of floats that is read");
    const ratio = floatOf(node, "ratio");
    node.attributes.delete("ratio");
    if (ratio !== null) node.setInput(1, form.float(ratio));
    if (mask !== null) mask.type = null;
  },
  infer: ({ x, training }, facts) => {
    const shape = facts.shape(x);
    const maskType = facts.opset("") >= 10 ? DataType.BOOL : facts.dataType(x);
    const contents = training === false ? facts.contents(x) : null;
    return [
      { dataType: facts.dataType(x), shape, contents },
      { dataType: maskType, shape },
    ];
  },
});
