// Dropout: the identity, except while training, when a mask that is fed says which units drop.

import { type DropoutView, dropout as definition } from "@espalier/ir";
import { defineGradient, type GradientRule } from "./gradient-rule.js";
import { noGradientOf } from "./refusal.js";

/**
 * While training y = x·m/(1 − p) with m drawn anew for every step, 0 with probability p (Srivastava et al. 2014, JMLR 15;
 * scaled as everybody does it). The operator's own generator hides its state in the session, so that a run could not be
 * taken up again to the bit: the mask is an input instead.
 */
export const dropout: GradientRule<DropoutView> = defineGradient({
  definition,
  training: ({ x, y, mask, ratio }, form) => {
    if (ratio === null) throw noGradientOf(y, "a ratio that is computed");
    if (!form.dropout) return;
    const { make } = form;
    const kept = form.draw(y.name, form.shape(x), 1 - ratio);
    form.replace(y, make.keep(kept, make.scale(x, 1 / (1 - ratio))));
    if (mask !== null) form.replace(mask, kept);
  },
  backward: ({ x, y, mask, ratio, training }, ctx) => {
    if (!ctx.wants(x)) return;
    const dy = ctx.upstream(y);
    if (training === false) {
      ctx.give(x, dy);
      return;
    }
    if (training === null || mask === null || ratio === null)
      throw noGradientOf(y, "a node that may drop units, without saying which");
    ctx.give(x, ctx.make.keep(mask, ctx.make.scale(dy, 1 / (1 - ratio))));
  },
});
