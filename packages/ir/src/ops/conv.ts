// Conv, 1-D to 3-D and beyond, plain, grouped and depthwise.

import type { Value } from "../graph/value.js";
import { intOf, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";
import { convolvedSize, type Window, windowOf } from "./window.js";

/** x [N, C, ...], w [M, C/group, ...kernel], b [M] → y [N, M, ...]. */
export interface ConvView {
  readonly x: Value;
  readonly w: Value;
  readonly b: Value | null;
  readonly y: Value;
  readonly group: number;
  readonly window: Window;
}

export const conv: OpDefinition<ConvView> = defineOp({
  domain: "",
  opType: "Conv",
  view: (node, facts) => {
    const w = requireInput(node, 1);
    return {
      x: requireInput(node, 0),
      w,
      b: node.input(2),
      y: requireOutput(node, 0),
      group: intOf(node, "group") ?? 1,
      window: windowOf(node, facts.shape(w)?.slice(2) ?? null),
    };
  },
  infer: (view, facts) => {
    const x = facts.shape(view.x);
    const w = facts.shape(view.w);
    const dataType = facts.dataType(view.x);
    if (x === null || w === null) return [{ dataType, shape: null }];
    const spatial = x.slice(2).map((size, i) => convolvedSize(size, view.window, i));
    return [{ dataType, shape: [x[0] ?? 1, w[0] ?? 1, ...spatial] }];
  },
});
