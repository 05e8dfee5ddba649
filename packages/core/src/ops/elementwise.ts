// Operators that treat every element alike: activations, casts, rounding, Dropout.

import {
  cast,
  castLike,
  clip,
  type DropoutView,
  dropout as dropoutDefinition,
  elementwiseUnary,
  type OpDefinition,
  type UnaryView,
} from "@espalier/ir";
import { defineHandler, type OpHandler } from "./handler.js";

const UNARY: readonly OpDefinition<UnaryView>[] = [...elementwiseUnary, cast, castLike, clip];

/** Relu, Sigmoid, Clip, Cast, Identity ...: axes pass through. */
export const elementwiseHandlers: readonly OpHandler<UnaryView>[] = UNARY.map((definition) =>
  defineHandler({ definition, links: ({ x, y }, ctx) => ctx.define(y, ctx.axes(x)) }),
);

export const dropout: OpHandler<DropoutView> = defineHandler({
  definition: dropoutDefinition,
  links: ({ x, y, mask }, ctx) => {
    ctx.define(y, ctx.axes(x));
    ctx.define(mask, ctx.axes(x));
  },
});
