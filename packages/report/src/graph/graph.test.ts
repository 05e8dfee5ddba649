import type { CoupledGroup } from "@espalier/core";
import { cloneModel, floatTensor, GraphBuilder, type Model } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { resnet50 } from "../samples/receipts.js";
import { collapseGraph } from "./collapse.js";
import { foldIntoColumns } from "./columns.js";
import { layoutColumn } from "./layout-column.js";
import { type GroupPlaces, reportGraph } from "./make-report-graph.js";
import type { ReportGraph } from "./report-graph.js";
import { sortGraph } from "./topology.js";

function tiny(): Model {
  const b = new GraphBuilder();
  const weight = b.weight("w", floatTensor([2, 2], [1, 2, 3, 4]));
  const hidden = b.op("MatMul", [b.input("x", [1, 2]), weight], { name: "first" });
  const same = b.op("Identity", [hidden], { name: "same" });
  b.output(b.op("Relu", [same], { name: "last" }), "y");
  return b.model();
}

const chain = (count: number): ReportGraph => ({
  nodes: Array.from({ length: count }, (_, i) => ({
    id: `${i}`,
    label: `n${i}`,
    opType: "Op",
    macsBefore: 1,
    macsAfter: 1,
    groups: [],
    inputGroups: [],
    widthBefore: null,
    widthAfter: null,
    state: "kept" as const,
  })),
  edges: Array.from({ length: count - 1 }, (_, i) => ({ from: `${i}`, to: `${i + 1}` })),
});

describe("reportGraph", () => {
  it("lists nodes with edges, groups and widths", () => {
    const widths = [
      { group: "first_out#1", kind: "neuron", before: 2, after: 1, asked: 1, exact: true, members: 1 },
    ];
    const { nodes, edges } = reportGraph(tiny(), null, { receipt: { widths, costs: [] } });
    expect(nodes.map((node) => [node.label, node.state, node.widthAfter])).toEqual([
      ["first", "kept", 1],
      ["same", "kept", null],
      ["last", "kept", null],
    ]);
    expect(nodes[1]?.inputGroups).toEqual(["first_out#1"]);
    expect(edges).toEqual([
      { from: "n0", to: "n1" },
      { from: "n1", to: "n2" },
    ]);
  });

  it("marks what is gone after the clean-ups as removed and what is new as added", () => {
    const before = tiny();
    const { model: after } = cloneModel(before);
    const [first, same, last] = [...after.graph.nodes];
    const b = new GraphBuilder(after.graph);
    last?.setInput(0, b.op("Neg", [first?.output(0) ?? null], { name: "new" }));
    if (same !== undefined) after.graph.remove([same]);
    const { nodes, edges } = reportGraph(before, after);
    expect(nodes.map((node) => `${node.label} ${node.state}`)).toEqual([
      "first kept",
      "same removed",
      "last kept",
      "new added",
    ]);
    expect(edges).toContainEqual({ from: "n0", to: "n3" });
    expect(edges).toContainEqual({ from: "n3", to: "n2" });
  });
});

it("takes the coupled groups of @espalier/core as they are", () => {
  const places: readonly GroupPlaces[] = [] as readonly CoupledGroup[];
  expect(reportGraph(tiny(), null, { groups: places }).nodes).toHaveLength(3);
});

describe("collapseGraph", () => {
  const { graph } = resnet50();

  it("keeps every node exactly once and every edge downwards", () => {
    const { blocks, edges } = collapseGraph(graph as ReportGraph);
    const ids = blocks.flatMap((block) => block.nodes.map((node) => node.id));
    expect(new Set(ids).size).toBe(graph?.nodes.length);
    expect(ids).toHaveLength(graph?.nodes.length as number);
    for (const [from, to] of edges) expect(from).toBeLessThan(to);
  });

  it("puts a residual addition into the block of its group", () => {
    const { blocks } = collapseGraph(graph as ReportGraph);
    const block = blocks.find(({ nodes }) => nodes.some((node) => node.opType === "Add"));
    expect(block?.nodes.filter((node) => node.opType === "Conv").length).toBeGreaterThan(0);
    expect(blocks.length).toBeLessThan(60);
  });

  it("stays small for large networks", () => {
    expect(collapseGraph(chain(5000)).blocks.length).toBeLessThanOrEqual(240);
    const wide: ReportGraph = {
      nodes: chain(3000).nodes,
      edges: Array.from({ length: 2999 }, (_, i) => ({ from: "0", to: `${i + 1}` })),
    };
    expect(collapseGraph(wide).blocks.length).toBeLessThanOrEqual(240);
  });
});

describe("columns", () => {
  it("hold every block once, none taller than about a page", () => {
    const collapsed = collapseGraph(chain(200));
    const columns = foldIntoColumns(collapsed);
    expect(columns.flatMap((column) => column.blocks)).toEqual(collapsed.blocks.map((_, i) => i));
    for (const column of columns) expect(layoutColumn(column).height).toBeLessThan(1800);
  });

  it("survive a cyclic graph", () => {
    expect(
      sortGraph(3, [
        [0, 1],
        [1, 2],
        [2, 1],
      ]).order,
    ).toEqual([0, 1, 2]);
  });
});
