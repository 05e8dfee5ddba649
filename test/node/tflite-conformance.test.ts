// Every network of the conformance suite and every topology: it becomes a file that can be read, or it is refused with
// reasons. Never anything between, and never another error.

import { type Model, resolveBindings } from "@espalier/ir";
import { exportTflite, readTflite, TFLITE_REASONS } from "@espalier/tflite";
import { describe, expect, it } from "vitest";
import { AXES } from "../conformance/cases/axes.js";
import { BARRIERS } from "../conformance/cases/barriers.js";
import { CUTTING } from "../conformance/cases/cutting.js";
import { BROADCASTING, UNARY } from "../conformance/cases/elementwise.js";
import { NORMALISATIONS } from "../conformance/cases/normalisations.js";
import { REDUCTIONS } from "../conformance/cases/reductions.js";
import { SOURCES } from "../conformance/cases/sources.js";
import { SPACE } from "../conformance/cases/space.js";
import { WEIGHTS } from "../conformance/cases/weights.js";
import { CONVOLUTIONAL } from "../topologies/convolutional.js";
import { REGROUPING } from "../topologies/regrouping.js";
import { buildTopology, type Topology } from "../topologies/topology.js";

const FAMILIES = [
  ...[AXES, BARRIERS, CUTTING, UNARY, BROADCASTING, NORMALISATIONS, REDUCTIONS, SOURCES, SPACE, WEIGHTS],
];

const NETWORKS: readonly (readonly [name: string, model: () => Model])[] = [
  ...FAMILIES.flatMap((family) =>
    Object.entries(family).flatMap(([operator, cases]) =>
      cases.map((one) => [`${operator}: ${one.name}`, () => caseModel(one)] as const),
    ),
  ),
  ...[...CONVOLUTIONAL, ...REGROUPING].map((one) => [one.name, () => buildTopology(one, 3)] as const),
];

function caseModel({
  opsets = {},
  ...topology
}: Topology & { readonly opsets?: Readonly<Record<string, number>> }): Model {
  const model = buildTopology(topology, 3);
  for (const [domain, version] of Object.entries(opsets)) model.opsets.set(domain, version);
  return model;
}

describe("a network of the conformance suite", () => {
  it("becomes a file that can be read, or is refused with reasons", () => {
    let written = 0;
    for (const [name, build] of NETWORKS) {
      const model = build();
      const { bytes, io, refused } = exportTflite(model);
      expect(bytes === null, name).toBe(refused.length > 0);
      for (const { code, node, reason, unblock } of refused) {
        expect(Object.keys(TFLITE_REASONS), name).toContain(code);
        expect(node.length * reason.length * unblock.length, name).toBeGreaterThan(0);
      }
      if (bytes === null) continue;
      written++;
      const [graph] = readTflite(bytes).subgraphs;
      const fed = model.graph.inputs
        .filter(({ initializer }) => initializer === null)
        .map((input) => input.name);
      expect(
        io.inputs.map((port) => port.name),
        name,
      ).toEqual(fed);
      const shapes = (indices: readonly number[] = []) =>
        indices.map((index) => graph?.tensors[index]?.shape);
      expect(shapes(graph?.inputs), name).toEqual(io.inputs.map(({ shape }) => shape));
      expect(shapes(graph?.outputs), name).toEqual(io.outputs.map(({ shape }) => shape));
      expect(resolveBindings(model).unbound, name).toEqual([]);
    }
    expect(written).toBeGreaterThan(300);
  });
});
