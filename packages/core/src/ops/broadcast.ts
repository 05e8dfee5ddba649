// Element-wise operators on several operands: axes are aligned from the right, size 1 stretches.

import {
  type BroadcastView,
  broadcasting,
  DataType,
  type PReluView,
  pRelu as pReluDefinition,
  type Value,
} from "@espalier/ir";
import { type Layout, sizeOf, unit } from "../groups/layout.js";
import type { LinkContext } from "../groups/link-context.js";
import { comparedWith } from "../inputs/random-inputs.js";
import { defineHandler, type OpHandler } from "./handler.js";

/** Add, Mul, Where, comparisons ...: one handler per definition of the family. */
export const broadcastHandlers: readonly OpHandler<BroadcastView>[] = broadcasting.map((definition) =>
  defineHandler({
    definition,
    links: ({ operands, y }, ctx) => {
      const axes = broadcastAxes(
        ctx,
        operands.map((operand) => ctx.axes(operand)),
      );
      ctx.define(y, axes);
    },
    ...(definition.opType === "Add" ? { addends: ({ operands }: BroadcastView) => operands } : {}),
    domain: ({ operands, y }, facts, operand) => {
      const others = operands.filter((other) => other !== operand);
      return facts.dataType(y) === DataType.BOOL && others[0] !== undefined
        ? comparedWith(facts, others[0])
        : null;
    },
  }),
);

/** PRelu: the slope stretches to x, never x to the slope. */
export const pRelu: OpHandler<PReluView> = defineHandler({
  definition: pReluDefinition,
  links: ({ x, slope, y }, ctx) => {
    const axes = ctx.axes(x);
    broadcastInto(ctx, slope, axes);
    ctx.define(y, axes);
  },
});

/** Ties operands of an element-wise operator; gives the axes of the result. */
export function broadcastAxes(ctx: LinkContext, operands: readonly (readonly Layout[])[]): Layout[] {
  const rank = Math.max(0, ...operands.map((axes) => axes.length));
  return Array.from({ length: rank }, (_, i) => {
    const aligned = operands.map((axes) => axes[axes.length - rank + i]).filter((axis) => axis !== undefined);
    const wide = aligned.filter((axis) => sizeOf(axis) !== 1);
    const [first, ...others] = wide;
    if (first === undefined) return aligned[0] ?? unit();
    for (const other of others) ctx.unify(first, other);
    return first;
  });
}

/** Ties an operand that stretches to axes that are given. */
export function broadcastInto(ctx: LinkContext, operand: Value, axes: readonly Layout[]): void {
  const own = ctx.axes(operand);
  own.forEach((axis, i) => {
    const target = axes[axes.length - own.length + i];
    if (sizeOf(axis) === 1) return;
    if (target === undefined) ctx.freeze(axis);
    else ctx.unify(axis, target);
    ctx.role(operand, i, "scales");
  });
}
