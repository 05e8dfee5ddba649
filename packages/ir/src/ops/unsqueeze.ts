// Unsqueeze inserts axes of size 1; the axes moved from an attribute to an input in opset 13.

import type { Dim } from "../dim.js";
import type { Value } from "../graph/value.js";
import { numbersOf } from "../shape/contents.js";
import { intsOf, invalidNode, requireInput, requireOutput } from "./attributes.js";
import { normalizeAxes, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface UnsqueezeView {
  readonly x: Value;
  readonly y: Value;
  /** Positions in y, ascending. */
  readonly axes: readonly number[] | null;
}

export const unsqueeze: OpDefinition<UnsqueezeView> = defineOp({
  domain: "",
  opType: "Unsqueeze",
  view: (node, facts) => {
    const x = requireInput(node, 0);
    const fromInput = facts.opset("") >= 13;
    const given = fromInput ? numbersOf(facts, requireInput(node, 1)) : intsOf(node, "axes");
    if (!fromInput && given === null) throw invalidNode(node, '"axes"', "none");
    const rank = rankOf(facts, x);
    const axes = given && normalizeAxes(node, given, rank === null ? null : rank + given.length);
    return { x, y: requireOutput(node, 0), axes: axes && [...axes].sort((a, b) => a - b) };
  },
  raise: (_, node, { opset, ints }) => {
    const axes = intsOf(node, "axes");
    if (opset >= 13 || axes === null) return;
    node.attributes.delete("axes");
    node.setInput(1, ints(axes));
  },
  infer: ({ x, axes }, facts) => {
    const shape = facts.shape(x);
    const dataType = facts.dataType(x);
    const contents = facts.contents(x);
    if (shape === null || axes === null) return [{ dataType, shape: null }];
    const longer: Dim[] = [...shape];
    for (const axis of axes) longer.splice(axis, 0, 1);
    return [{ dataType, shape: longer, contents }];
  },
});
