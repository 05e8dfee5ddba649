// Clip: x where it lies between the bounds, else the bound.

import { type ClipView, clip as definition } from "@espalier/ir";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/** ∂x = ∂y where y = x, the bounds included; a computed bound gets Σ∂y over the elements that it holds back. */
export const clip: GradientRule<ClipView> = defineGradient({
  definition,
  backward: ({ x, y, minInput, maxInput }, ctx) => {
    const { make } = ctx;
    const dy = ctx.upstream(y);
    if (ctx.wants(x)) ctx.give(x, make.keep(make.op("Equal", [x, y]), dy));
    // y = min(max(x, lower), upper): the upper bound has the last word where the bounds cross.
    if (ctx.wants(maxInput)) {
      const raised = minInput === null ? x : make.op("Max", [x, minInput]);
      ctx.giveBroadcast(maxInput, make.keep(make.greater(raised, maxInput), dy), y);
    }
    if (ctx.wants(minInput)) {
      const held = make.keep(make.greater(minInput, x), dy);
      const crossed = maxInput === null ? null : make.greater(minInput, maxInput);
      const own = crossed === null ? held : make.where(crossed, make.scalar(0), held);
      ctx.giveBroadcast(minInput, own, y);
    }
  },
});
