// The refusals of a model as a receipt lists them: dense axes of weights and groups that were left alone.

import type { GroupAnalysis } from "../groups/find-groups.js";
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

/** Nodes around which everything stays dense: one entry per node. */
export function barrierRefusals(analysis: GroupAnalysis): RefusalEntry[] {
  return [...analysis.links.barriers].map(([node, reason]) => refusalEntry(reason, { node: node.name }));
}

/** Weights that produce units and stay dense: one entry per weight and axis. */
export function denseRefusals(analysis: GroupAnalysis): RefusalEntry[] {
  return analysis.dense.map(({ value, axis, reason }) =>
    refusalEntry(reason, { group: `${value.name}#${axis}` }),
  );
}
