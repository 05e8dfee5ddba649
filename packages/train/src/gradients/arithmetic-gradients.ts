// Add, Sub, Mul, Div, Sum, Mean: element by element on operands that are broadcast together.

import {
  type BroadcastView,
  broadcasting,
  type Facts,
  type OpDefinition,
  readFloats,
  type Tensor,
  type Value,
} from "@espalier/ir";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

function definitionOf(opType: string): OpDefinition<BroadcastView> {
  return broadcasting.find((one) => one.opType === opType) as OpDefinition<BroadcastView>;
}

/** y = a + b: ∂a = ∂y, ∂b = ∂y, each summed over what was broadcast. */
export const add: GradientRule<BroadcastView> = defineGradient({
  definition: definitionOf("Add"),
  backward: ({ operands, y }, ctx) => {
    const dy = ctx.upstream(y);
    for (const operand of operands) ctx.giveBroadcast(operand, dy, y);
  },
  parameters: ({ operands }, facts) => operands.filter((operand) => isBias(operand, operands, facts)),
  formula: true,
  isWeight: (stored) => !isMask(stored),
});

/** y = Σ of any number of operands. */
export const sum: GradientRule<BroadcastView> = defineGradient({
  definition: definitionOf("Sum"),
  backward: (view, ctx) => add.backward(view, ctx),
});

/** y = the mean of n operands: each gets ∂y/n. */
export const mean: GradientRule<BroadcastView> = defineGradient({
  definition: definitionOf("Mean"),
  backward: ({ operands, y }, ctx) => {
    const share = ctx.make.scale(ctx.upstream(y), 1 / operands.length);
    for (const operand of operands) ctx.giveBroadcast(operand, share, y);
  },
});

/** y = a − b: ∂a = ∂y, ∂b = −∂y. */
export const sub: GradientRule<BroadcastView> = defineGradient({
  definition: definitionOf("Sub"),
  backward: ({ operands: [a, b], y }, ctx) => {
    const dy = ctx.upstream(y);
    ctx.giveBroadcast(a as Value, dy, y);
    if (ctx.wants(b as Value)) ctx.giveBroadcast(b as Value, ctx.make.negate(dy), y);
  },
});

/** y = a·b: ∂a = ∂y·b, ∂b = ∂y·a. */
export const mul: GradientRule<BroadcastView> = defineGradient({
  definition: definitionOf("Mul"),
  backward: ({ operands, y }, ctx) => {
    const [a, b] = operands as [Value, Value];
    const dy = ctx.upstream(y);
    if (ctx.wants(a)) ctx.giveBroadcast(a, ctx.make.multiply(dy, b), y);
    if (ctx.wants(b)) ctx.giveBroadcast(b, ctx.make.multiply(dy, a), y);
  },
  // A frequency that multiplies positions is none.
  parameters: ({ operands }, facts, isFixed) =>
    operands.every(isFixed) ? [] : operands.filter((operand) => isVector(operand, facts)),
  formula: true,
});

/** y = a/b: ∂a = ∂y/b, ∂b = −∂y·y/b. */
export const div: GradientRule<BroadcastView> = defineGradient({
  definition: definitionOf("Div"),
  backward: ({ operands, y }, ctx) => {
    const [a, b] = operands as [Value, Value];
    const share = ctx.make.divide(ctx.upstream(y), b);
    ctx.giveBroadcast(a, share, y);
    if (ctx.wants(b)) ctx.giveBroadcast(b, ctx.make.negate(ctx.make.multiply(share, y)), y);
  },
});

/** A bias, a table of positions; not a number in a formula, such as the ε of a normalisation, unless of one unit. */
function isBias(operand: Value, operands: readonly Value[], facts: Facts): boolean {
  const shape = facts.shape(operand) ?? [];
  if (shape.some((size) => size !== 1)) return true;
  return shape.length > 0 && operands.some(({ producer }) => producer?.opType === "MatMul");
}

/** From here on down an addend is there to hide what it is added to; softmax makes it 0. */
const HIDDEN = -1e4;
/** What hides between the windows of Liu et al. 2021, "Swin Transformer", arXiv:2103.14030, in their code. */
const HIDDEN_WINDOW = -100;

/** A mask of attention, stored as it is added: no weight, whatever its shape. */
function isMask(stored: Tensor): boolean {
  const entries = readFloats(stored);
  if (entries.some((entry) => !Number.isFinite(entry) || entry <= HIDDEN)) return true;
  return entries.includes(HIDDEN_WINDOW) && entries.every((entry) => entry === 0 || entry === HIDDEN_WINDOW);
}

/** The scale of a normalisation, one number per channel. Tables that are multiplied with are none: rotations, windows. */
function isVector(operand: Value, facts: Facts): boolean {
  return facts.shape(operand)?.filter((size) => size !== 1).length === 1;
}
