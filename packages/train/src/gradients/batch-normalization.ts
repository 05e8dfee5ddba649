// BatchNormalization. While training it normalises by the batch, and the stored statistics follow it.

import {
  type BatchNormalizationView,
  batchNormalization as definition,
  floatAttribute,
  intAttribute,
  type Value,
} from "@espalier/ir";
import type { GradientContext } from "../differentiate/gradient-context.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";
import { noGradientOf } from "./refusal.js";

/**
 * y = γ·x̂ + β with x̂ = (x − μ)/σ, σ = √(variance + ε), per channel.
 *
 * By stored statistics: ∂x = γ/σ·∂y. By those of the batch, over its n = N·H·W elements per channel (Ioffe and Szegedy
 * 2015, §3): ∂β = Σ∂y, ∂γ = Σ∂y·x̂, ∂x = γ/σ·(∂y − ∂β/n − x̂·∂γ/n).
 */
export const batchNormalization: GradientRule<BatchNormalizationView> = defineGradient({
  definition,
  training: ({ x, scale, bias, mean, variance, y, epsilon, momentum, training }, form) => {
    if (training || form.frozenStatistics) return;
    const { make } = form;
    // Momentum 0: the further outputs are the statistics of the batch, the variance with divisor n. ONNX Runtime writes
    // them into the memory of the inputs 3 and 4, so these are copies that nobody else reads.
    const scratch = [make.multiply(mean, make.scalar(0)), make.multiply(variance, make.scalar(0))];
    const [normalised, batchMean, batchVariance] = make.builder.ops(
      "BatchNormalization",
      [x, scale, bias, ...scratch],
      {
        name: "train/batch_norm",
        outputs: 3,
        attributes: {
          epsilon: floatAttribute(epsilon),
          momentum: floatAttribute(0),
          training_mode: intAttribute(1),
        },
      },
    ) as [Value, Value, Value];
    form.replace(y, normalised);
    const n = elementsPerChannel(form.shape(x));
    const follow = (stored: Value, batch: Value, factor: number, fresh: number): void =>
      form.move({
        ...{ stored, fresh },
        next: make.add(make.scale(stored, momentum), make.scale(batch, (1 - momentum) * factor)),
      });
    follow(mean, batchMean, 1, 0);
    // The stored variance is the unbiased one, as PyTorch and Keras keep it.
    follow(variance, batchVariance, n > 1 ? n / (n - 1) : 1, 1);
  },
  backward: (view, ctx) => {
    if (view.otherOutputs.some((output) => ctx.gradient(output) !== null))
      throw noGradientOf(view.y, "the loss depends on its statistics");
    const { make } = ctx;
    const dy = ctx.upstream(view.y);
    const shape = ctx.shape(view.x);
    const axes = shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
    const [mean, variance] = view.training
      ? batchStatistics(view, ctx, axes)
      : ([view.mean, view.variance] as const);
    const spread = make.add(variance, make.scalar(view.epsilon));
    const inverse = make.op("Reciprocal", [make.op("Sqrt", [spread])]);
    const dBias = make.sum(dy, axes);
    // Σ∂y·x̂ = (Σ∂y·x − μ·Σ∂y)/σ
    const cross = make.sum(make.multiply(dy, view.x), axes);
    const dScale = make.multiply(make.subtract(cross, make.multiply(mean, dBias)), inverse);
    ctx.give(view.scale, dScale);
    ctx.give(view.bias, dBias);
    if (!ctx.wants(view.x)) return;
    const slope = make.multiply(view.scale, inverse);
    if (!view.training) {
      ctx.give(view.x, make.multiply(dy, perChannel(ctx, slope, shape)));
      return;
    }
    // ∂x = a·∂y + b·x + c, one pass over ∂y and one over x.
    const n = elementsPerChannel(shape);
    const b = make.negate(make.multiply(make.multiply(slope, inverse), make.scale(dScale, 1 / n)));
    const c = make.subtract(
      make.negate(make.multiply(slope, make.scale(dBias, 1 / n))),
      make.multiply(b, mean),
    );
    const fromX = affine(ctx, view.x, b, c, shape[1] as number);
    ctx.give(view.x, make.add(make.multiply(dy, perChannel(ctx, slope, shape)), fromX));
  },
  parameters: ({ scale, bias }) => [scale, bias],
});

/** The node's own, where it gives them as they are; else computed once more. */
function batchStatistics(
  { x, momentum, otherOutputs: [mean, variance] }: BatchNormalizationView,
  ctx: GradientContext,
  axes: readonly number[],
): readonly [Value, Value] {
  if (momentum === 0 && mean !== undefined && variance !== undefined) return [mean, variance];
  const { make } = ctx;
  const dims = ctx.shape(x);
  const average = (value: Value): Value =>
    make.scale(make.sum(value, axes, true), 1 / elementsPerChannel(dims));
  const centre = average(x);
  const spread = average(make.square(make.subtract(x, centre)));
  const channels = [dims[1] as number];
  return [make.reshape(centre, channels), make.reshape(spread, channels)];
}

/** b·x + c per channel, in one pass over x: a normalisation by mean 0 and variance 1. */
function affine({ make }: GradientContext, x: Value, b: Value, c: Value, channels: number): Value {
  const filled = (value: number): Value =>
    make.floats(
      [channels],
      Array.from({ length: channels }, () => value),
    );
  return make.op("BatchNormalization", [x, b, c, filled(0), filled(1)], { epsilon: floatAttribute(0) });
}

/** [C] → [C, 1, ...], to be broadcast along channels. */
function perChannel(ctx: GradientContext, value: Value, shape: readonly number[]): Value {
  return ctx.make.reshape(value, [shape[1] as number, ...shape.slice(2).map(() => 1)]);
}

function elementsPerChannel(shape: readonly number[]): number {
  return shape.reduce((all, size, axis) => (axis === 1 ? all : all * size), 1);
}
