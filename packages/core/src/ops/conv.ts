// Conv: output channels produce, input channels consume. Grouped and depthwise convolutions see their
// input channels as group × channel-in-group, so whole groups, or the same channel of every group, can go.

import {
  type ConvView,
  type Dim,
  conv as definition,
  type Facts,
  intAttribute,
  isStatic,
  productOf,
  type Value,
} from "@espalier/ir";
import type { CostPattern } from "../cost/cost-pattern.js";
import { product } from "../groups/layout.js";
import { Barrier, type LinkContext } from "../groups/link-context.js";
import type { SliceContext } from "../surgery/slice-context.js";
import { convContraction } from "./conv-contraction.js";
import { defineHandler, type OpHandler } from "./handler.js";

export const conv: OpHandler<ConvView> = defineHandler({
  definition,
  links: (view, ctx) => {
    const { x, w, b, y, group } = view;
    const [batch, input, ...space] = ctx.axes(x);
    const [filters, perGroup, ...kernel] = ctx.axes(w);
    if (batch === undefined || input === undefined || filters === undefined || perGroup === undefined) {
      throw new Barrier("INVALID_NODE", "rank below 2");
    }
    if (group === 1) ctx.unify(input, perGroup);
    else {
      const groups = ctx.free(group);
      ctx.label(groups, "group");
      ctx.unify(input, product([groups, perGroup]));
      ctx.unify(filters, product([groups, ctx.free(quotient(ctx.facts.shape(w)?.[0], group))]));
    }
    ctx.freezeAll([...space, ...kernel]);
    linkFilters(ctx, view, filters, { produces: 0, consumes: 1 });
    ctx.define(y, [batch, filters, ...ctx.fixedTail(y, 2)]);
    if (b !== null) ctx.unify(ctx.axis(b, 0), filters);
  },
  mixing: () => [
    { input: 0, axes: [1], neutral: 0 },
    { input: 1, axes: [1], neutral: 0 },
  ],
  slice: (view, ctx) => sliceGroups(ctx, view.group, view.x, view.w, 1),
  contraction: convContraction,
  reductions: ({ w }) => [{ weight: w, axis: 1 }],
  macs: ({ y, w }, facts) => macsPerOutput(facts, y, facts.shape(w)?.slice(1)),
  pattern: (view, facts) => convPattern("conv", view, facts, facts.shape(view.w)?.[0]),
});

/** The kernel of a convolution: its window, its sizes and whether its channels meet. */
export function convPattern(
  name: string,
  { x, w, y, group, window }: Pick<ConvView, "x" | "w" | "y" | "group" | "window">,
  facts: Facts,
  filters: Dim | undefined,
): CostPattern | null {
  const [from, to] = [facts.shape(x), facts.shape(y)];
  const [batch, input, ...space] = from ?? [];
  if (batch === undefined || input === undefined || filters === undefined || to === null) return null;
  if (!isStatic(input) || !isStatic(filters)) return null;
  const sizes = [batch, ...space, ...to.slice(2), ...window.kernel];
  if (!sizes.every(isStatic)) return null;
  const depthwise = group > 1 && facts.shape(w)?.[1] === 1;
  const grouped = depthwise ? "depthwise-" : group > 1 ? "grouped-" : "";
  const pointwise = window.kernel.every((size) => size === 1) ? "pointwise-" : "";
  const kind = `${grouped || pointwise}${name}`;
  const text = (dims: readonly Dim[]): string => dims.join("x");
  return {
    kind,
    key: [
      kind,
      `k${text(window.kernel)}`,
      `s${text(window.strides)}`,
      `d${text(window.dilations)}`,
      `${text(space)}>${text(to.slice(2))}`,
      `n${batch}`,
    ].join(" "),
    in: input,
    out: filters,
    depthwise,
    times: 1,
  };
}

/** Labels and roles that Conv and ConvTranspose share. */
export function linkFilters(
  ctx: LinkContext,
  { w, b }: { readonly w: Value; readonly b: Value | null },
  filters: Parameters<LinkContext["label"]>[0],
  axes: { readonly produces: number; readonly consumes: number },
): void {
  ctx.label(filters, "channel");
  ctx.role(w, axes.produces, "produces");
  ctx.role(w, axes.consumes, "consumes");
  if (b !== null) ctx.role(b, 0, "scales");
}

/** `group` becomes the number of groups that are left: input channels per channels of a group. */
export function sliceGroups(ctx: SliceContext, group: number, x: Value, w: Value, perGroupAxis: 0 | 1): void {
  if (group === 1) return;
  const channels = ctx.size(x, 1);
  const perGroup = perGroupAxis === 1 ? ctx.size(w, 1) : null;
  if (isStatic(channels) && perGroup !== null && isStatic(perGroup))
    ctx.setAttribute("group", intAttribute(channels / perGroup));
}

/** outputs · (weights per output); null when a size is symbolic. */
export function macsPerOutput(
  facts: Facts,
  y: Value,
  weightsPerOutput: readonly Dim[] | undefined,
): number | null {
  const shape = facts.shape(y);
  if (shape === null || weightsPerOutput === undefined) return null;
  const macs = productOf([...shape, ...weightsPerOutput]);
  return isStatic(macs) ? macs : null;
}

/** size / parts, where it divides. */
export function quotient(size: Dim | undefined, parts: number): number {
  if (size === undefined || !isStatic(size) || size % parts !== 0) return 0;
  return size / parts;
}
