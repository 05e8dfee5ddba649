// On a real model: what the group finds as γ is what is scored.

import { floatTensor, GraphBuilder, inferFacts, isEspalierError, type Model } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { findCoupledGroups } from "../groups/find-groups.js";
import { defaultHandlers } from "../ops/all.js";
import { batchNormScale } from "./batch-norm-scale.js";

/** Conv → BatchNormalization with `gamma`, as often as there are gammas → Conv. */
function model(...gammas: readonly (readonly number[])[]): Model {
  const builder = new GraphBuilder();
  const ones = (name: string, dims: number[]) =>
    builder.weight(name, floatTensor(dims, new Float32Array(dims.reduce((a, b) => a * b)).fill(1)));
  let value = builder.op("Conv", [builder.input("x", [1, 1, 2, 2]), ones("w", [4, 1, 1, 1])]);
  for (const gamma of gammas) {
    const scale = builder.weight("gamma", floatTensor([4], gamma));
    const rest = ["beta", "mean", "variance"].map((name) => ones(name, [4]));
    value = builder.op("BatchNormalization", [value, scale, ...rest]);
  }
  builder.output(builder.op("Conv", [value, ones("w2", [1, 4, 1, 1])]), "y");
  return builder.model();
}

function scores(subject: Model): number[] {
  const facts = inferFacts(subject);
  const { groups } = findCoupledGroups(subject, facts, defaultHandlers());
  const constant = (value: Parameters<typeof facts.constant>[0]) => facts.constant(value) as never;
  return [...batchNormScale().score(groups[0] as never, { seed: 1, constant })];
}

describe("bn-scale", () => {
  it("scores γ = 0.5, −2, 0, 1 as 0.5, 2, 0, 1", () => {
    expect(scores(model([0.5, -2, 0, 1]))).toEqual([0.5, 2, 0, 1]);
  });

  it("averages over several normalisations of the same channels", () => {
    expect(scores(model([0.5, -2, 0, 1], [1.5, 0, -4, 1]))).toEqual([1, 1, 2, 1]);
  });

  it("has nothing to say where there is no batch normalisation", () => {
    try {
      scores(model());
      expect.unreachable();
    } catch (error) {
      expect(isEspalierError(error, "NO_WEIGHTS")).toBe(true);
    }
  });

  it("refuses a γ that is no number", () => {
    try {
      scores(model([1, Number.NaN, 1, 1]));
      expect.unreachable();
    } catch (error) {
      expect(isEspalierError(error, "NONFINITE")).toBe(true);
    }
  });
});
