// The network before and after as one graph. Nodes correspond by name, or by the name of their first
// output where they have none; what is gone was folded into a neighbour or was dead. Weights and Constant
// nodes are left out: they are what the nodes are made of. Looks at the main graph only.

import type { Receipt } from "@espalier/core";
import { capturedValues, type Model, type Node, type Value } from "@espalier/ir";
import type { ReportEdge, ReportGraph, ReportNode } from "./report-graph.js";

/** Where a coupled group runs; `CoupledGroup` of @espalier/core is one. */
export interface GroupPlaces {
  readonly id: string;
  readonly activations: readonly { readonly value: { readonly name: string } }[];
  readonly members: readonly { readonly value: { readonly name: string } }[];
}

export interface ReportGraphOptions {
  /** Widths of the groups, and costs of the nodes. */
  readonly receipt?: Pick<Receipt, "widths" | "costs">;
  /** Groups of the model before. Without them only the producer named in a group's id shows its width. */
  readonly groups?: readonly GroupPlaces[];
}

/** The graph for the report. `after` is null when nothing was written. */
export function reportGraph(
  before: Model,
  after: Model | null,
  options: ReportGraphOptions = {},
): ReportGraph {
  const { widths = [], costs = [] } = options.receipt ?? {};
  const groupsOf = groupsByValue(
    options.groups ??
      widths.map((row) => ({ id: row.group, activations: [producerOf(row.group)], members: [] })),
  );
  const widthOf = new Map(widths.map((row) => [row.group, row]));
  const costOf = new Map(costs.map((row) => [row.node, row]));
  const afterNodes = after === null ? null : indexNodes(shownNodes(after));

  const ids = new Map<Node, string>();
  const matched = new Set<Node>();
  const nodes: ReportNode[] = [];
  const describe = (node: Node, state: ReportNode["state"]): void => {
    const id = `n${nodes.length}`;
    ids.set(node, id);
    const label = labelOf(node);
    const cost = costOf.get(label);
    const groups = unique(node.outputs.flatMap((value) => groupsOf(value)));
    const rows = groups.flatMap((group) => widthOf.get(group) ?? []);
    nodes.push({
      id,
      label,
      opType: node.opType,
      macsBefore: cost?.macs.before ?? null,
      macsAfter: cost?.macs.after ?? null,
      groups,
      inputGroups: unique(node.inputs.flatMap((value) => groupsOf(value))),
      widthBefore: rows.length === 0 ? null : rows.reduce((sum, row) => sum + row.before, 0),
      widthAfter: rows.length === 0 ? null : rows.reduce((sum, row) => sum + row.after, 0),
      state,
    });
  };

  for (const node of shownNodes(before)) {
    const twin = afterNodes === null ? node : afterNodes(node);
    if (twin !== undefined) matched.add(twin);
    describe(node, twin === undefined ? "removed" : "kept");
  }
  const edges = edgesAmong(before, ids);
  if (after !== null) {
    const added = shownNodes(after).filter((node) => !matched.has(node));
    const known = new Map(nodes.map((node) => [node.label, node.id]));
    for (const node of added) describe(node, "added");
    const addedIds = new Set(added.map((node) => ids.get(node)));
    const afterIds = new Map(
      shownNodes(after).map((node) => [node, ids.get(node) ?? known.get(labelOf(node)) ?? ""]),
    );
    edges.push(
      ...edgesAmong(after, afterIds).filter(({ from, to }) => addedIds.has(from) || addedIds.has(to)),
    );
  }
  return { nodes, edges };
}

/** Nodes that compute something: a node without inputs and subgraphs is a constant. */
function shownNodes({ graph }: Model): Node[] {
  return [...graph.nodes].filter(
    (node) => node.inputs.some((value) => value !== null) || node.subgraphs.length > 0,
  );
}

function labelOf(node: Node): string {
  return node.name !== "" ? node.name : (node.outputs.find((value) => value !== null)?.name ?? "");
}

/** Finds the node that stands for another one: same operator, and same name or same first output. */
function indexNodes(nodes: readonly Node[]): (node: Node) => Node | undefined {
  const byKey = new Map<string, Node>();
  for (const node of nodes) for (const key of keysOf(node)) if (!byKey.has(key)) byKey.set(key, node);
  return (node) =>
    keysOf(node)
      .map((key) => byKey.get(key))
      .find((found) => found !== undefined);
}

function keysOf(node: Node): string[] {
  const kind = JSON.stringify([node.domain, node.opType]);
  const output = node.outputs.find((value) => value !== null)?.name;
  return [
    ...(node.name === "" ? [] : [`name ${kind} ${node.name}`]),
    ...(output === undefined ? [] : [`output ${kind} ${output}`]),
  ];
}

function edgesAmong(model: Model, ids: ReadonlyMap<Node, string>): ReportEdge[] {
  const edges = new Map<string, ReportEdge>();
  for (const node of model.graph.nodes) {
    const to = ids.get(node);
    if (to === undefined) continue;
    const read = node.subgraphs.length === 0 ? node.inputs : [...node.inputs, ...capturedValues(node)];
    for (const value of read) {
      const from = value?.producer == null ? undefined : ids.get(value.producer);
      if (from !== undefined && from !== to) edges.set(`${from} ${to}`, { from, to });
    }
  }
  return [...edges.values()];
}

function groupsByValue(groups: readonly GroupPlaces[]): (value: Value | null) => readonly string[] {
  const byName = new Map<string, string[]>();
  for (const { id, activations, members } of groups) {
    for (const { value } of [...activations, ...members]) {
      const known = byName.get(value.name);
      if (known === undefined) byName.set(value.name, [id]);
      else if (!known.includes(id)) known.push(id);
    }
  }
  return (value) => (value === null ? [] : (byName.get(value.name) ?? []));
}

/** The value that a group id begins with: `<value>#<axis>[.<factor>]`. */
function producerOf(group: string): { value: { name: string } } {
  const at = group.lastIndexOf("#");
  return { value: { name: at < 0 ? group : group.slice(0, at) } };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
