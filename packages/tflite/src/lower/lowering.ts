// What an ONNX operator is in TFLite: one file per operator, on its normalised view. A lowering reads its operands in the
// layout that it needs, appends TFLite operators, and says where and how its results lie.

import { createOpRegistry, type Node, type OpDefinition } from "@espalier/ir";
import type { LowerContext } from "./lower-context.js";

/**
 * Which layouts an operator takes.
 * - `channels-last`: batch first, channels last, as all of TFLite's spatial operators do
 * - `any`: whichever its operands have; attributes and constants follow
 * - `onnx`: ONNX's order
 */
export type AcceptedLayouts = "channels-last" | "any" | "onnx";

export interface Lowering<View = unknown> {
  readonly definition: OpDefinition<View>;
  readonly layouts: AcceptedLayouts;
  /** Whether its result has other axes than its operand, so that an image is none any more. */
  readonly reorders?: boolean;
  /** @throws Refused through `ctx.refuse` for what TFLite cannot say */
  lower(view: View, ctx: LowerContext): void;
}

/** Keeps the view type while lowerings of different views lie in one list. */
export function defineLowering<View>(lowering: Lowering<View>): Lowering<View> {
  return lowering;
}

export interface LoweringRegistry {
  /** null for an operator that nobody lowers. */
  find(node: Pick<Node, "domain" | "opType">): Lowering | null;
  readonly lowerings: readonly Lowering[];
}

/** @throws Error when two lowerings name the same operator */
export function createLoweringRegistry(lowerings: readonly Lowering[]): LoweringRegistry {
  const definitions = createOpRegistry(lowerings.map(({ definition }) => definition));
  const byDefinition = new Map(lowerings.map((lowering) => [lowering.definition, lowering]));
  return {
    lowerings,
    find: (node) => {
      const definition = definitions.find(node);
      return definition === null ? null : (byDefinition.get(definition) ?? null);
    },
  };
}
