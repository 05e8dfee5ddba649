// Gemm: y = α·a·b + β·c.

import { gemm as definition, type GemmView } from "@espalier/ir";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/** ∂A = α·∂y·Bᵀ, ∂B = α·Aᵀ·∂y, ∂c = β·∂y summed over what was broadcast; A and B after their own transposition. */
export const gemm: GradientRule<GemmView> = defineGradient({
  definition,
  backward: ({ a, b, c, y, transA, transB, alpha, beta }, ctx) => {
    const { make } = ctx;
    const dy = ctx.upstream(y);
    if (ctx.wants(a)) {
      ctx.give(
        a,
        transA
          ? make.gemm(b, dy, { transA: transB, transB: true, alpha })
          : make.gemm(dy, b, { transB: !transB, alpha }),
      );
    }
    if (ctx.wants(b)) {
      ctx.give(
        b,
        transB
          ? make.gemm(dy, a, { transA: true, transB: transA, alpha })
          : make.gemm(a, dy, { transA: !transA, alpha }),
      );
    }
    if (ctx.wants(c)) ctx.giveBroadcast(c, make.scale(dy, beta), y);
  },
  parameters: ({ a, b, c }) => [a, b, c],
});
