// What a pruning saves on paper: MACs, parameters, and where they lie.

import { inferFacts, type Model } from "@espalier/ir";
import { costRows } from "../measure/cost-rows.js";
import { countMacs, countParameters } from "../measure/macs.js";
import type { Receipt } from "../receipt/receipt.js";
import type { Subject } from "./subject.js";

/** MACs, parameters and the cost ledger before and after. */
export function structuralCosts(
  subject: Subject,
  pruned: Model | null,
): Pick<Receipt, "params" | "macs" | "costs"> {
  const { model, boundFacts, handlers, bindings, unbound } = subject;
  const before = countMacs(model, boundFacts, handlers);
  const after = pruned ?? model;
  const afterFacts = pruned === null ? boundFacts : inferFacts(pruned, { bindings });
  const counted = countMacs(after, afterFacts, handlers);
  const hint = unbound[0];
  return {
    params: { before: countParameters(model, boundFacts), after: countParameters(after, afterFacts) },
    macs: {
      before: before.total,
      after: counted.total,
      ...(before.total === null || counted.total === null
        ? {
            reason: "UNBOUND_DIMENSION",
            unblock: hint === undefined ? "A dimension depends on the data." : `--dim ${hint.option}=N`,
          }
        : {}),
    },
    costs: costRows(model, boundFacts, before, after, afterFacts, counted),
  };
}
