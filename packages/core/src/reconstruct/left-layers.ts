// The layers that lost inputs and that no recovery solves anew, each with a reason.

import type { Facts, Node, Value } from "@espalier/ir";
import { REASONS, type ReasonCode } from "../groups/refusal.js";
import type { KeptUnits } from "../plan/kept-units.js";
import type { DenseSide } from "./recovery-jobs.js";
import { MOST_COLUMNS, type Station, unlessInvalid } from "./stations.js";
import { isWritable } from "./with-values.js";

/** A layer that keeps its sliced weights. */
export interface LeftLayer {
  /** Name of the layer's output. */
  readonly layer: string;
  readonly code: ReasonCode;
  readonly reason: string;
  readonly unblock: string;
}

export function leftLayer(layer: string, code: ReasonCode): LeftLayer {
  const { text, unblock } = REASONS[code];
  return { layer, code, reason: text, unblock };
}

/**
 * Weights that read units of the sliced groups and are not among those solved.
 *
 * @param solved names of the weights that are solved anew
 */
export function leftLayers(
  dense: DenseSide,
  steps: readonly KeptUnits[],
  stations: ReadonlyMap<Node, Station>,
  solved: ReadonlySet<string>,
): LeftLayer[] {
  const groups = new Map(dense.analysis.groups.map((group) => [group.id, group]));
  const left = new Map<Value, LeftLayer>();
  for (const { group } of steps) {
    for (const { value, role } of groups.get(group)?.members ?? []) {
      if (role !== "consumes" || solved.has(value.name) || left.has(value)) continue;
      const [reader] = value.consumers;
      if (reader === undefined) continue;
      const name = reader.output(0)?.name ?? reader.name;
      left.set(value, leftLayer(name, reasonFor(value, reader, dense, stations)));
    }
  }
  return [...left.values()];
}

function reasonFor(
  value: Value,
  reader: Node,
  { facts, handlers }: DenseSide,
  stations: ReadonlyMap<Node, Station>,
): ReasonCode {
  if (value.consumers.size > 1) return "SHARED_WEIGHTS";
  const handler = handlers.find(reader);
  if (handler?.contraction === undefined) return "NOT_SOLVED";
  if (stations.has(reader)) return "BIAS_NOT_STORED";
  if (!isWritable(facts.constant(value)?.dataType)) return "WEIGHT_TYPE";
  return columnsOf(reader, facts, handler) > MOST_COLUMNS ? "TOO_WIDE" : "NOT_SOLVED";
}

function columnsOf(
  reader: Node,
  facts: Facts,
  handler: NonNullable<ReturnType<DenseSide["handlers"]["find"]>>,
): number {
  return (
    unlessInvalid(() => handler.contraction?.(handler.definition.view(reader, facts), facts))?.columns ?? 0
  );
}
