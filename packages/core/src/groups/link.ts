// Ties the axes of a whole model together: one pass over the nodes in topological order, each handler
// stating what its operator couples. What no handler describes becomes a barrier with a reason.

import {
  capturedValues,
  EspalierError,
  type Facts,
  type Graph,
  isStatic,
  type Model,
  type Node,
  topologicalOrder,
} from "@espalier/ir";
import type { HandlerRegistry } from "../ops/handler.js";
import { freeze, sizeOf } from "./layout.js";
import { AxisTable, Barrier, LinkContext } from "./link-context.js";
import { type Refusal, refusal } from "./refusal.js";

export interface Links {
  readonly table: AxisTable;
  /** Nodes in topological order. */
  readonly order: readonly Node[];
  /** Nodes around which everything stays dense. */
  readonly barriers: ReadonlyMap<Node, Refusal>;
}

/** Layouts for every axis of every value of the main graph. */
export function linkAxes(model: Model, facts: Facts, handlers: HandlerRegistry): Links {
  const { graph } = model;
  const table = new AxisTable(facts);
  const barriers = new Map<Node, Refusal>();
  const order = topologicalOrder(graph);
  freezeInputs(graph, table);
  for (const node of order) {
    const reason = linkNode(node, table, handlers);
    if (reason === null) continue;
    barriers.set(node, reason);
    freezeAround(node, table, reason);
  }
  for (const output of graph.outputs) {
    for (const axis of table.of(output) ?? []) freeze(axis, refusal("GRAPH_OUTPUT", null, output.name));
  }
  freezeSymbolic(table);
  return { table, order, barriers };
}

function freezeInputs(graph: Graph, table: AxisTable): void {
  for (const input of graph.inputs) {
    if (input.initializer !== null) continue;
    for (const axis of table.of(input) ?? []) freeze(axis, refusal("GRAPH_INPUT", null, input.name));
  }
}

/** Links one node; gives the reason when it is a barrier. */
function linkNode(node: Node, table: AxisTable, handlers: HandlerRegistry): Refusal | null {
  if (node.subgraphs.length > 0) return refusal("CONTROL_FLOW", node);
  const handler = handlers.find(node);
  if (handler === null) return refusal("UNKNOWN_OP", node);
  try {
    handler.links(handler.definition.view(node, table.facts), new LinkContext(node, table));
    const silent = node.outputs.find(
      (output) => output !== null && output.consumers.size > 0 && !table.isDefined(output),
    );
    if (silent == null) return null;
    return refusal("UNSUPPORTED_OP", node, `output "${silent.name}" is used`);
  } catch (error) {
    if (error instanceof Barrier) return refusal(error.code, node, error.detail);
    if (error instanceof EspalierError && error.code === "INVALID_NODE")
      return refusal("INVALID_NODE", node, error.message);
    throw error;
  }
}

function freezeAround(node: Node, table: AxisTable, reason: Refusal): void {
  const values = [
    ...node.inputs,
    ...node.outputs,
    ...(node.subgraphs.length > 0 ? capturedValues(node) : []),
  ];
  for (const value of values) {
    if (value === null) continue;
    for (const axis of table.of(value, reason) ?? []) freeze(axis, reason);
  }
}

/** Positions of an axis of unknown size cannot be listed. */
function freezeSymbolic(table: AxisTable): void {
  for (const [value, axes] of table.entries()) {
    for (const axis of axes ?? []) {
      if (!isStatic(sizeOf(axis))) freeze(axis, refusal("SYMBOLIC_DIMENSION", value.producer));
    }
  }
}
