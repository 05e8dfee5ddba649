// Removes what a plan says from a model, puts what stays in its order, and cleans up behind it.

import type { Facts, Model } from "@espalier/ir";
import type { GroupAnalysis } from "../groups/find-groups.js";
import type { HandlerRegistry } from "../ops/handler.js";
import { dropOverridableInputs, removeDead } from "../surgery/remove-dead.js";
import { sliceModel } from "../surgery/slice-model.js";
import type { KeptUnits } from "./kept-units.js";
import { arrangementOf } from "./removal.js";

export interface CleanUpOptions {
  /** Leave initialisers that are also graph inputs as they are. */
  readonly keepOverridable: boolean;
}

export interface AppliedSteps {
  readonly model: Model;
  /** What was cleaned up, in words. */
  readonly cleanups: readonly string[];
}

/** The smaller model. `model` is not touched. */
export function applySteps(
  model: Model,
  facts: Facts,
  analysis: GroupAnalysis,
  steps: readonly KeptUnits[],
  handlers: HandlerRegistry,
  options: CleanUpOptions,
): AppliedSteps {
  const { removal, orders } = arrangementOf(analysis, steps);
  const smaller = sliceModel(model, facts, analysis, removal, handlers, orders);
  return { model: smaller, cleanups: cleanUp(smaller, options) };
}

/** Clean-ups every artefact and the dense baseline get alike, in place. */
export function cleanUp(model: Model, { keepOverridable }: CleanUpOptions): string[] {
  const done: string[] = [];
  if (!keepOverridable) {
    const dropped = dropOverridableInputs(model.graph);
    if (dropped > 0) {
      done.push(`${dropped} initialisers are no longer overridable inputs`);
      // Initialisers that are not inputs exist since IR version 4.
      if (model.irVersion < 4) {
        done.push(`IR version ${model.irVersion} → 4, which constants that are not inputs need`);
        model.irVersion = 4;
      }
    }
  }
  const dead = removeDead(model.graph);
  if (dead.nodes > 0) done.push(`${dead.nodes} unused nodes removed`);
  if (dead.initializers > 0) done.push(`${dead.initializers} unused constants removed`);
  return done;
}
