// Channel permutations change nothing that a network computes: random orders of the units of every group, over all
// topologies and over the real models.

import { defaultHandlers, findCoupledGroups, openSubject } from "@espalier/core";
import { inferFacts } from "@espalier/ir";
import { nodeRuntime } from "@espalier/runtime-node";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { permutedAgainstSource, randomArrangement } from "../conformance/permuted-equals-source.js";
import { DIMS, dataFolder, modelNames, readModelBytes } from "../data-folder.js";
import { legalInputs } from "../pixel-inputs.js";
import { CONVOLUTIONAL } from "../topologies/convolutional.js";
import { REGROUPING } from "../topologies/regrouping.js";
import { buildTopology } from "../topologies/topology.js";

const TOLERANCE = 1e-5;
const runtime = nodeRuntime();

describe("units in another order", () => {
  for (const topology of [...CONVOLUTIONAL, ...REGROUPING]) {
    it(`change nothing on ${topology.name}`, async () => {
      const handlers = defaultHandlers();
      let moved = 0;
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 30 }), fc.boolean(), async (seed, remove) => {
          const model = buildTopology(topology, seed);
          const facts = inferFacts(model);
          const analysis = findCoupledGroups(model, facts, handlers);
          const kept = randomArrangement(analysis, seed, remove);
          const found = await permutedAgainstSource(model, facts, analysis, handlers, kept, runtime, {
            seed,
            bindings: {},
          });
          moved += found.moved;
          expect(found.maxRel).toBeLessThanOrEqual(TOLERANCE);
        }),
        { numRuns: 12, seed: 20210429 },
      );
      // Some topologies consist of single units: those have no order.
      const one = buildTopology(topology, 1);
      const { groups } = findCoupledGroups(one, inferFacts(one), handlers);
      const free = groups.some(({ factors }) =>
        [...factors.keys()].some(({ size, ordered }) => (size as number) > 1 && ordered === null),
      );
      expect(moved > 0).toBe(free);
    });
  }
});

describe.skipIf(dataFolder === null)("units in another order, in real models", () => {
  // Its first operator is of a library that ONNX Runtime does not bring along.
  for (const name of modelNames.filter((one) => one !== "superres_pytorch_prepost_op18")) {
    it(`change nothing in ${name}`, { timeout: 240_000 }, async () => {
      const subject = openSubject(readModelBytes(name), { dims: DIMS[name] ?? {} });
      const { model, facts, analysis, handlers, bindings } = subject;
      for (const seed of [1, 2]) {
        const kept = randomArrangement(analysis, seed, false);
        const found = await permutedAgainstSource(model, facts, analysis, handlers, kept, runtime, {
          ...{ seed, bindings, inputs: (drawn) => legalInputs(name, drawn, seed) },
        });
        expect(found.maxRel).toBeLessThanOrEqual(TOLERANCE);
      }
    });
  }
});
