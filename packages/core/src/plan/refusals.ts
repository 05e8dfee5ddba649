// The refusals of a model as a receipt lists them: dense axes of weights and groups that were left alone.

import type { Facts, Node } from "@espalier/ir";
import type { GroupAnalysis } from "../groups/find-groups.js";
import { isStored } from "../groups/link-context.js";
import { REASONS, type ReasonCode, type Refusal } from "../groups/refusal.js";
import type { RefusalEntry } from "../receipt/receipt.js";

/** One entry, in words. */
export function refusalEntry(reason: Refusal, about: { group?: string; node?: string }): RefusalEntry {
  const { text, unblock } = REASONS[reason.code];
  const at = reason.node === null ? "" : ` Blocked by ${reason.opType ?? "node"} "${reason.node}".`;
  const detail = reason.detail === null ? "" : ` (${reason.detail})`;
  return {
    group: about.group ?? null,
    node: about.node ?? reason.node,
    code: reason.code,
    reason: `${text}${at}${detail}`,
    unblock,
  };
}

/** A refusal that has no blocking node. */
export function plainRefusal(code: ReasonCode, group: string, detail: string | null = null): RefusalEntry {
  return refusalEntry({ code, node: null, opType: null, detail }, { group });
}

/**
 * Nodes around which everything stays dense: those that hold weights, that are named as the reason why weights
 * stay dense, or that a handler would unblock. Barriers among shape arithmetic block nothing and are left out.
 */
export function barrierRefusals(analysis: GroupAnalysis, facts: Facts): RefusalEntry[] {
  const cited = new Set(analysis.dense.map(({ reason }) => reason.node));
  const holdsWeights = (node: Node): boolean =>
    node.inputs.some(
      (input) => input !== null && isStored(input, facts) && (facts.shape(input)?.length ?? 0) >= 2,
    );
  return [...analysis.links.barriers]
    .filter(([node, { code }]) => code === "UNKNOWN_OP" || cited.has(node.name) || holdsWeights(node))
    .map(([node, reason]) => refusalEntry(reason, { node: node.name }));
}

/** Weights that produce units and stay dense: one entry per weight and axis. */
export function denseRefusals(analysis: GroupAnalysis): RefusalEntry[] {
  return analysis.dense.map(({ value, axis, reason }) =>
    refusalEntry(reason, { group: `${value.name}#${axis}` }),
  );
}
