// What an operator means for training: how the gradient of its outputs becomes that of its operands. One rule per
// operator (or family that acts alike), on the normalised view of its definition in `ir`.

import type { Facts, Node, OpDefinition, Tensor, Value } from "@espalier/ir";
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
  /**
   * The operands that are weights where they are stored: what training changes unless told otherwise.
   *
   * @param isFixed whether neither data nor weights flow into a value, but constants and integers alone
   */
  parameters?(view: View, facts: Facts, isFixed: (value: Value) => boolean): readonly (Value | null)[];
  /**
   * Whether stored operands of this kind may as well be constants of a formula. Then those alone are weights that it reads as
   * they are stored, apart from their order; else also what its operand is computed from.
   */
  readonly formula?: true;
  /** Whether a stored tensor behind one of `parameters` is a weight by what it holds. Left out: all are. */
  isWeight?(stored: Tensor): boolean;
  /**
   * The operands whose elements are all that the results hold, in another order or type; the others only say where they go.
   * What is stored behind it is still the weight.
   */
  arranges?(view: View): readonly Value[];
  /** Whether the result is the operand. */
  readonly identity?: true;
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
