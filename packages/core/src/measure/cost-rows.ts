// Where MACs and bytes lie, node by node, before and after. Nodes correspond by name and first output.

import type { Facts, Model, Node } from "@espalier/ir";
import type { CostRow } from "../receipt/receipt.js";
import type { MacCount } from "./macs.js";

/** One row for every node that has MACs or reads weights. */
export function costRows(
  before: Model,
  beforeFacts: Facts,
  beforeMacs: MacCount,
  after: Model,
  afterFacts: Facts,
  afterMacs: MacCount,
): CostRow[] {
  const rows = new Map<
    string,
    { node: Node; macs: [number | null, number | null]; bytes: [number, number] }
  >();
  const sides = [
    { model: before, facts: beforeFacts, macs: beforeMacs },
    { model: after, facts: afterFacts, macs: afterMacs },
  ];
  sides.forEach(({ model, facts, macs }, side) => {
    const counted = new Map(macs.nodes.map((one) => [one.node, one.macs]));
    for (const node of model.graph.nodes) {
      const bytes = weightBytes(node, facts);
      const own = counted.get(node) ?? 0;
      if (bytes === 0 && own === 0) continue;
      const row = rows.get(keyOf(node)) ?? { node, macs: [0, 0], bytes: [0, 0] };
      row.macs[side] = own;
      row.bytes[side] = bytes;
      rows.set(keyOf(node), row);
    }
  });
  return [...rows.values()].map(({ node, macs, bytes }) => ({
    node: node.name || (node.output(0)?.name ?? ""),
    opType: node.opType,
    macs: { before: macs[0], after: macs[1] },
    weightBytes: { before: bytes[0], after: bytes[1] },
  }));
}

function keyOf(node: Node): string {
  return `${node.name}\n${node.output(0)?.name ?? ""}`;
}

function weightBytes(node: Node, facts: Facts): number {
  let sum = 0;
  for (const input of node.inputs) sum += (input === null ? null : facts.constant(input))?.byteLength ?? 0;
  return sum;
}
