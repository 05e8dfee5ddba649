// ConvTranspose: w [C, M/group, ...]. Input channels lie on the first weight axis, output channels on the
// second; groups as in Conv.

import {
  type ConvTransposeView,
  convTranspose as definition,
  intAttribute,
  isStatic,
  productOf,
} from "@espalier/ir";
import { product } from "../groups/layout.js";
import { Barrier } from "../groups/link-context.js";
import { convPattern, linkFilters, quotient } from "./conv.js";
import { defineHandler, type OpHandler } from "./handler.js";

export const convTranspose: OpHandler<ConvTransposeView> = defineHandler({
  definition,
  links: (view, ctx) => {
    const { x, w, b, y, group } = view;
    const [batch, input, ...space] = ctx.axes(x);
    const [inputs, perGroup, ...kernel] = ctx.axes(w);
    if (batch === undefined || input === undefined || inputs === undefined || perGroup === undefined) {
      throw new Barrier("INVALID_NODE", "rank below 2");
    }
    ctx.unify(input, inputs);
    let filters = perGroup;
    if (group > 1) {
      const groups = ctx.free(group);
      ctx.label(groups, "group");
      ctx.unify(inputs, product([groups, ctx.free(quotient(ctx.facts.shape(w)?.[0], group))]));
      filters = product([groups, perGroup]);
    }
    ctx.freezeAll([...space, ...kernel]);
    linkFilters(ctx, view, filters, { produces: 1, consumes: 0 });
    ctx.define(y, [batch, filters, ...ctx.fixedTail(y, 2)]);
    if (b !== null) ctx.unify(ctx.axis(b, 0), filters);
  },
  mixing: () => [
    { input: 0, axes: [1], neutral: 0 },
    { input: 1, axes: [0], neutral: 0 },
  ],
  slice: (view, ctx) => {
    if (view.group === 1) return;
    const [outputs, perGroup] = [ctx.size(view.y, 1), ctx.size(view.w, 1)];
    if (isStatic(outputs) && isStatic(perGroup)) ctx.setAttribute("group", intAttribute(outputs / perGroup));
  },
  macs: ({ x, w }, facts) => {
    const [shape, weights] = [facts.shape(x), facts.shape(w)];
    if (shape === null || weights === null) return null;
    const macs = productOf([...shape, ...weights.slice(1)]);
    return isStatic(macs) ? macs : null;
  },
  pattern: (view, facts) => convPattern("conv-transpose", view, facts, facts.shape(view.y)?.[1]),
});
