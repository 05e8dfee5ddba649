// Reshape and its kin: Flatten, Squeeze, Unsqueeze. Axes that lie together in memory are joined or taken apart as they
// lie. A flattened image keeps its order in memory; a product behind it takes its columns in that order.

import {
  type FlattenView,
  flatten,
  type OpDefinition,
  type ReshapeView,
  reshape,
  type SqueezeView,
  squeeze,
  type UnsqueezeView,
  unsqueeze,
  type Value,
} from "@espalier/ir";
import {
  elementCount,
  isOnnxOrder,
  onnxOrder,
  physicalShape,
  sameOrder,
  transposition,
} from "../layout/layout.js";
import { regroup } from "../layout/regroup.js";
import type { LowerContext } from "./lower-context.js";
import { defineLowering, type Lowering } from "./lowering.js";

type Reshaping = ReshapeView | FlattenView | SqueezeView | UnsqueezeView;

const DEFINITIONS = [reshape, flatten, squeeze, unsqueeze] as readonly OpDefinition<Reshaping>[];

export const reshapeLowerings: readonly Lowering<Reshaping>[] = DEFINITIONS.map((definition) =>
  defineLowering({
    definition,
    layouts: "any",
    reorders: true,
    lower: ({ x, y }, ctx) => regrouped(ctx, x, y),
  }),
);

function regrouped(ctx: LowerContext, x: Value, y: Value): void {
  const [from, to] = [ctx.shape(x), ctx.shape(y)];
  const { layout, tensor, scramble } = ctx.placement(x);
  const own = scramble === null ? layout : onnxOrder(from.length);
  const ways = regroup(from, own, to);
  if (scramble !== null && from.join() === to.join()) ctx.place(y, tensor, layout, scramble);
  else if (scramble === null && !sameOrder(from, own, ways.from) && flattens(from, layout, to)) {
    const order = layout.slice(1).map((axis) => axis - 1);
    ctx.place(y, ctx.reshape(tensor, to), onnxOrder(2), { sizes: from.slice(1), order });
  } else {
    // Where it lies, or in the nearest order in which it is a reshape.
    const inMemory = ctx.read(x, own);
    const moved = sameOrder(from, own, ways.from)
      ? inMemory
      : ctx.transpose(inMemory, transposition(own, ways.from));
    ctx.place(y, ctx.reshape(moved, physicalShape(to, ways.to)), ways.to);
  }
}

/** Everything behind the first axis becomes one, and the first stays in front. */
function flattens(from: readonly number[], layout: readonly number[], to: readonly number[]): boolean {
  return (
    to.length === 2 &&
    to[0] === from[0] &&
    layout[0] === 0 &&
    !isOnnxOrder(layout) &&
    to[1] === elementCount(from.slice(1))
  );
}
