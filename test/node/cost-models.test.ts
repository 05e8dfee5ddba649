// What a network would cost at widths that nothing was sliced to yet, held against the network that was.

import {
  bytesModel,
  countMacs,
  countParameters,
  factsAt,
  keepUnits,
  macsModel,
  modelBytes,
  openSubject,
  parametersModel,
  removalOf,
  type SliceStep,
  type Subject,
  seededRandom,
  sliceModel,
  totalCost,
} from "@espalier/core";
import { inferFacts, isStatic } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { CONVOLUTIONAL } from "../topologies/convolutional.js";
import { REGROUPING } from "../topologies/regrouping.js";
import { buildTopology } from "../topologies/topology.js";

const TRIES = 12;

/** Random units of every group that may shrink. */
function randomSteps(subject: Subject, seed: number): SliceStep[] {
  const random = seededRandom(seed, "widths");
  return subject.analysis.groups
    .filter(({ width }) => width > 1)
    .map(({ id, width }) => ({
      kind: "slice",
      group: id,
      width,
      keep: random.sample(width, random.integer(1, width)),
      reason: "",
    }));
}

function* trials(name: string, build: () => ReturnType<typeof buildTopology>) {
  const subject = openSubject(modelBytes(build()));
  for (let seed = 1; seed <= TRIES; seed++) {
    const steps = randomSteps(subject, seed);
    const kept = new Map();
    for (const { group, keep } of steps)
      keepUnits(subject.analysis.groups.find(({ id }) => id === group)!, keep, kept);
    const sliced = sliceModel(
      subject.model,
      subject.facts,
      subject.analysis,
      removalOf(subject.analysis, steps),
      subject.handlers,
    );
    yield {
      about: `${name}, seed ${seed}`,
      subject,
      sliced,
      at: factsAt(subject.boundFacts, subject.analysis, kept),
      actual: inferFacts(sliced, { bindings: new Map(Object.entries(subject.bindings)) }),
    };
  }
}

describe.each([...CONVOLUTIONAL, ...REGROUPING].map((topology) => [topology.name, topology] as const))(
  "%s",
  (name, topology) => {
    it("has the shapes, MACs, parameters and bytes that it has once it is sliced", () => {
      for (const { about, subject, sliced, at, actual } of trials(name, () => buildTopology(topology, 1))) {
        const values = new Map(
          [...sliced.graph.nodes].flatMap((node) => node.outputs).map((value) => [value?.name, value]),
        );
        for (const node of subject.model.graph.nodes) {
          for (const output of node.outputs) {
            const twin = values.get(output?.name);
            if (output === null || twin == null || !actual.shape(twin)?.every(isStatic)) continue;
            expect(at.shape(output), `${about}: ${output.name}`).toEqual(actual.shape(twin));
          }
        }
        const macs = countMacs(sliced, actual, subject.handlers).total;
        if (macs !== null) expect(totalCost(macsModel(subject), at), about).toBe(macs);
        expect(totalCost(parametersModel(subject), at), about).toBe(countParameters(sliced, actual));
        const dense = modelBytes(subject.model).byteLength;
        const bytes = totalCost(bytesModel(subject, dense), at);
        // Shape constants shrink too, and lengths are written in as many bytes as they need: a few per tensor and node.
        const slack = 16 * ([...sliced.graph.nodes].length + sliced.graph.initializers.size);
        expect(Math.abs(bytes - modelBytes(sliced).byteLength), about).toBeLessThanOrEqual(slack);
      }
    });
  },
);
