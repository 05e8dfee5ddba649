// What an operator means for training: how the gradient of its outputs becomes that of its operands. One rule per
// operator (or family that acts alike), on the normalised view of its definition in `ir`.

import type { Facts, Node, OpDefinition, Value } from "@espalier/ir";
import type { GradientContext } from "../differentiate/gradient-context.js";
import type { TrainingForm } from "../differentiate/training-form.js";

export interface GradientRule<View = unknown> {
  readonly definition: OpDefinition<View>;
  /**
   * Gives every operand that `ctx.wants` its gradient, ∂loss/∂operand, of the operand's shape.
   *
   * With the loss L and y = f(x): ∂L/∂x = (∂f/∂x)ᵀ · ∂L/∂y, written in ONNX operators.
   */
  backward(view: View, ctx: GradientContext): void;
  /** The operands that are weights where they are stored: what training changes unless told otherwise. */
  parameters?(view: View, facts: Facts): readonly (Value | null)[];
  /** Whether it works for any float type; gradients are written in float32 else. */
  readonly anyFloat?: true;
  /** What the operator is while training, where that differs: batch statistics, dropped units. Before `backward`. */
  training?(view: View, form: TrainingForm): void;
}

/** Keeps the view type while rules of different views lie in one list. */
export function defineGradient<View>(rule: GradientRule<View>): GradientRule<View> {
  return rule;
}

export interface GradientRegistry {
  find(node: Pick<Node, "domain" | "opType">): GradientRule | null;
  readonly rules: readonly GradientRule[];
}

/** @throws Error when two rules name the same operator */
export function createGradientRegistry(rules: readonly GradientRule[]): GradientRegistry {
  const byName = new Map<string, GradientRule>();
  for (const rule of rules) {
    const key = `${rule.definition.domain}:${rule.definition.opType}`;
    if (byName.has(key)) throw new Error(`operator ${key} has two gradient rules`);
    byName.set(key, rule);
  }
  return {
    rules: [...byName.values()],
    find: (node) => byName.get(`${node.domain}:${node.opType}`) ?? null,
  };
}
