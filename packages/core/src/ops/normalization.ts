// Normalisations over space (exact per channel) and over channels (inexact: removing a unit changes the
// statistics of the others, so the reference computes them over the kept units).

import {
  type GroupNormalizationView,
  groupNormalization as groupDefinition,
  type InstanceNormalizationView,
  instanceNormalization as instanceDefinition,
  isStatic,
  type LayerNormalizationView,
  type LpNormalizationView,
  type LrnView,
  layerNormalization as layerDefinition,
  lpNormalization as lpDefinition,
  lrn as lrnDefinition,
  rmsNormalization as rmsDefinition,
  simplifiedLayerNormalization as simplifiedDefinition,
} from "@espalier/ir";
import { product } from "../groups/layout.js";
import { Barrier } from "../groups/link-context.js";
import { quotient } from "./conv.js";
import { defineHandler, type OpHandler } from "./handler.js";

export const instanceNormalization: OpHandler<InstanceNormalizationView> = defineHandler({
  definition: instanceDefinition,
  links: ({ x, scale, bias, y }, ctx) => {
    const axes = ctx.axes(x);
    ctx.freezeAll(axes.slice(2));
    for (const parameter of [scale, bias]) {
      ctx.unify(ctx.axis(parameter, 0), ctx.axis(x, 1));
      ctx.role(parameter, 0, "scales");
    }
    ctx.define(y, axes);
  },
});

/** Scale and bias per channel (opset 21) or per group (18): statistics run over the channels of a group. */
export const groupNormalization: OpHandler<GroupNormalizationView> = defineHandler({
  definition: groupDefinition,
  links: ({ x, scale, bias, y, groups }, ctx) => {
    const axes = ctx.axes(x);
    const size = ctx.facts.shape(x)?.[1];
    const within = ctx.free(quotient(size, groups));
    const blocks = ctx.free(groups);
    ctx.freeze(blocks, "UNSUPPORTED_OP", "the number of groups is kept");
    ctx.inexact(within);
    ctx.freezeAll(axes.slice(2));
    const channels = product([blocks, within]);
    ctx.unify(ctx.axis(x, 1), channels);
    for (const parameter of [scale, bias]) {
      const wide = ctx.facts.shape(parameter)?.[0];
      if (wide === undefined || !isStatic(wide)) throw new Barrier("UNKNOWN_SHAPE", parameter.name);
      ctx.unify(ctx.axis(parameter, 0), wide === groups ? blocks : channels);
      ctx.role(parameter, 0, "scales");
    }
    ctx.define(y, axes);
  },
  reference: (_, ctx) => {
    ctx.compact(
      [0, 1, 2].map((input) => ({ input, axis: input === 0 ? 1 : 0 })),
      [{ output: 0, axis: 1 }],
    );
  },
});

const overTrailingAxes = (definition: typeof layerDefinition): OpHandler<LayerNormalizationView> =>
  defineHandler({
    definition,
    links: ({ x, scale, bias, y, axis }, ctx) => {
      const axes = ctx.axes(x);
      if (axis === null) throw new Barrier("UNKNOWN_SHAPE", "axis of the normalisation");
      const normalised = axes.slice(axis);
      for (const one of normalised) ctx.inexact(one);
      for (const parameter of [scale, bias]) {
        if (parameter === null) continue;
        const own = ctx.axes(parameter);
        own.forEach((layout, i) => {
          const target = axes[axes.length - own.length + i];
          if (target !== undefined && ctx.facts.shape(parameter)?.[i] !== 1) ctx.unify(layout, target);
          ctx.role(parameter, i, "scales");
        });
      }
      ctx.define(y, axes);
    },
    reference: ({ x, axis }, ctx) => {
      const rank = ctx.facts.shape(x)?.length ?? 0;
      for (let i = axis ?? 0; i < rank; i++) {
        const inputs = [0, 1, 2].map((input) => {
          const own = ctx.facts.shape(ctx.original.input(input) ?? x)?.length ?? 0;
          return { input, axis: i - rank + own };
        });
        ctx.compact(
          inputs.filter((place) => place.axis >= 0),
          [{ output: 0, axis: i }],
        );
      }
    },
  });

export const layerNormalization: OpHandler<LayerNormalizationView> = overTrailingAxes(layerDefinition);
export const rmsNormalization: OpHandler<LayerNormalizationView> = overTrailingAxes(rmsDefinition);
export const simplifiedLayerNormalization: OpHandler<LayerNormalizationView> =
  overTrailingAxes(simplifiedDefinition);

/** Local response normalisation: neighbours along the channel axis, so the kept channels close ranks. */
export const lrn: OpHandler<LrnView> = defineHandler({
  definition: lrnDefinition,
  links: ({ x, y }, ctx) => {
    ctx.inexact(ctx.axis(x, 1));
    ctx.ordered(ctx.axis(x, 1));
    ctx.define(y, ctx.axes(x));
  },
  reference: (_, ctx) => ctx.compact([{ input: 0, axis: 1 }], [{ output: 0, axis: 1 }]),
});

/** x / ‖x‖ along one axis: a removed position counts as 0, but the kept ones are rescaled. */
export const lpNormalization: OpHandler<LpNormalizationView> = defineHandler({
  definition: lpDefinition,
  links: ({ x, y }, ctx) => ctx.define(y, ctx.axes(x)),
  mixing: ({ axis }) => (axis === null ? [] : [{ input: 0, axes: [axis], neutral: 0 }]),
});
