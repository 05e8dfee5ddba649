import { floatTensor, GraphBuilder, inferFacts, intAttribute, type Model, type Value } from "@espalier/ir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { global, lamp } from "../allocation/global.js";
import { uniform } from "../allocation/uniform.js";
import { findCoupledGroups } from "../groups/find-groups.js";
import { magnitude } from "../importance/magnitude.js";
import { randomImportance } from "../importance/random-importance.js";
import { defaultHandlers } from "../ops/all.js";
import { seededRandom } from "../random/random.js";
import { iterative, oneShot } from "../schedule/schedule.js";
import { type MadePlan, makePlan, type PlanningOptions } from "./make-plan.js";
import { checkSteps } from "./removal.js";

const TRANSPOSED = { attributes: { transB: intAttribute(1) } };

/** Linear layers of the given widths between 3 inputs and 2 outputs; rows of a weight matrix grow, so unit 0 is worst. */
function chain(...widths: readonly number[]): Model {
  const net = new GraphBuilder();
  let [value, inputs] = [net.input("x", [1, 3]) as Value, 3];
  for (const width of [...widths, 2]) {
    const rows = Array.from({ length: width * inputs }, (_, i) => Math.floor(i / inputs) + 1);
    const w = net.weight("w", floatTensor([width, inputs], rows));
    value = net.op("Gemm", [value, w], { ...TRANSPOSED, name: "fc" });
    if (width !== 2 || inputs === 3) value = net.op("Relu", [value]);
    inputs = width;
  }
  net.output(value, "y");
  return net.model(13);
}

/** One layer whose output is split unevenly, each part read by its own layer: several groups on one axis. */
function splitting(sizes: readonly number[], seed: number): Model {
  const net = new GraphBuilder();
  const random = seededRandom(seed);
  const weight = (...dims: number[]): Value =>
    net.weight(
      "w",
      floatTensor(
        dims,
        Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => random.normal()),
      ),
    );
  const width = sizes.reduce((a, b) => a + b, 0);
  const whole = net.op("Gemm", [net.input("x", [1, 3]), weight(width, 3)], { ...TRANSPOSED, name: "wide" });
  const parts = net.ops("Split", [whole, net.ints("sizes", sizes)], {
    outputs: sizes.length,
    attributes: { axis: intAttribute(1) },
  });
  const read = parts.map((part, i) => net.op("Gemm", [part, weight(2, sizes[i] as number)], TRANSPOSED));
  net.output(net.op("Sum", read), "y");
  return net.model(13);
}

function plan(model: Model, options: Partial<PlanningOptions> = {}): MadePlan {
  const facts = inferFacts(model);
  const handlers = defaultHandlers();
  const analysis = findCoupledGroups(model, facts, handlers);
  const made = makePlan(model, facts, analysis, handlers, {
    ratio: 0.5,
    step: 1,
    minWidth: 1,
    criterion: magnitude(),
    allocation: uniform(),
    schedule: oneShot(),
    include: [],
    exclude: [],
    allowInexact: false,
    seed: 1,
    ...options,
  });
  checkSteps(analysis, made.steps);
  return made;
}

const keeps = (made: MadePlan): Record<string, readonly number[]> =>
  Object.fromEntries(made.steps.map(({ group, keep }) => [group, keep]));

describe("makePlan", () => {
  it("keeps the best half of every group", () => {
    expect(keeps(plan(chain(4, 6)))).toEqual({ "fc_out#1": [2, 3], "fc_2_out#1": [3, 4, 5] });
  });

  it("says for every group what it was, is and was asked to be, and why", () => {
    const { widths, steps } = plan(chain(4, 6), { step: 4 });
    expect(widths).toMatchObject([
      { group: "fc_out#1", before: 4, after: 4, asked: 2, exact: true },
      { group: "fc_2_out#1", before: 6, after: 4, asked: 3 },
    ]);
    expect(steps.map(({ reason }) => reason)).toEqual(["uniform ratio 0.5, l1: 6 → 4"]);
  });

  it("is the same every time, and another for another seed where chance decides", () => {
    const draw = (seed: number) => keeps(plan(chain(20), { criterion: randomImportance(), seed }));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it("leaves out what --exclude names, and all but what --include names, by group, weight or node", () => {
    const groups = (options: Partial<PlanningOptions>) => Object.keys(keeps(plan(chain(4, 6), options)));
    expect(groups({ exclude: ["fc_2*"] })).toEqual(["fc_out#1"]);
    expect(groups({ include: ["fc_2_out#1"] })).toEqual(["fc_2_out#1"]);
    // The first layer's weight is read by no other group.
    expect(groups({ include: ["w"] })).toEqual(["fc_out#1"]);
    expect(groups({ include: ["fc"] })).toEqual(["fc_out#1"]);
    expect(groups({ include: ["*"], exclude: ["*"] })).toEqual([]);
    const { refused } = plan(chain(4, 6), { exclude: ["fc_2*"] });
    expect(refused.filter(({ code }) => code === "EXCLUDED")).toMatchObject([{ group: "fc_2_out#1" }]);
  });

  it("names groups that cannot become narrower, and weights at the output", () => {
    const { refused, steps } = plan(chain(4), { ratio: 0.1, step: 4 });
    expect(steps).toEqual([]);
    expect(refused.map(({ code, group }) => [code, group])).toEqual([
      ["GRAPH_OUTPUT", "w_2#0"],
      ["TOO_NARROW", "fc_out#1"],
    ]);
  });

  it("leaves a group with a weight that is no number alone, and says so", () => {
    const model = chain(4, 6);
    const [w] = model.graph.initializers;
    (w as Value).initializer = floatTensor([4, 3], [Number.NaN, ...new Array<number>(11).fill(1)]);
    const made = plan(model);
    expect(Object.keys(keeps(made))).toEqual(["fc_2_out#1"]);
    expect(made.refused).toContainEqual(expect.objectContaining({ code: "NONFINITE", group: "fc_out#1" }));
  });

  it("removes inexact groups only when allowed to", () => {
    const net = new GraphBuilder();
    const hidden = net.op(
      "Gemm",
      [net.input("x", [1, 3]), net.weight("w", floatTensor([4, 3], new Float32Array(12).fill(1)))],
      {
        ...TRANSPOSED,
        name: "wide",
      },
    );
    const normal = net.op("LayerNormalization", [
      hidden,
      net.weight("scale", floatTensor([4], [1, 1, 1, 1])),
    ]);
    net.output(
      net.op("Gemm", [normal, net.weight("v", floatTensor([2, 4], new Float32Array(8).fill(1)))], TRANSPOSED),
      "y",
    );
    const model = net.model(17);
    expect(plan(model).steps).toEqual([]);
    expect(plan(model).refused).toContainEqual(
      expect.objectContaining({ code: "INEXACT", group: "wide_out#1" }),
    );
    expect(plan(model, { allowInexact: true }).steps).toHaveLength(1);
  });
});

describe("an iterative schedule", () => {
  it("scores what is left anew: a unit that only gone units fed no longer counts", () => {
    // Layer 2 reads units 0 … 3 of layer 1; its unit 2 has all its weight on unit 0, which goes first.
    const net = new GraphBuilder();
    const w1 = net.weight("w1", floatTensor([4, 1], [1, 2, 3, 4]));
    const w2 = net.weight("w2", floatTensor([4, 4], [1, 1, 1, 1, 2, 2, 2, 2, 9, 0, 0, 0, 3, 3, 3, 3]));
    const a = net.op("Relu", [net.op("Gemm", [net.input("x", [1, 1]), w1], { ...TRANSPOSED, name: "one" })]);
    const b = net.op("Relu", [net.op("Gemm", [a, w2], { ...TRANSPOSED, name: "two" })]);
    net.output(net.op("Gemm", [b, net.weight("w3", floatTensor([1, 4], [1, 1, 1, 1]))], TRANSPOSED), "y");
    const model = net.model(13);
    expect(keeps(plan(model))).toEqual({ "one_out#1": [2, 3], "two_out#1": [2, 3] });
    expect(keeps(plan(model, { schedule: iterative(2) }))).toEqual({
      "one_out#1": [2, 3],
      "two_out#1": [1, 3],
    });
  });

  it.each([
    ["uniform", uniform()],
    ["global", global()],
    ["lamp", lamp()],
  ])("ends where the ratio says, whatever shares an axis: %s", (_, allocation) => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 4 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 2, max: 5 }),
        fc.nat(1000),
        (sizes, tenths, rounds, seed) => {
          const model = splitting(sizes, seed);
          const options = { ratio: tenths / 10, allocation };
          const once = plan(model, options);
          const often = plan(model, { ...options, schedule: iterative(rounds) });
          expect(often.refused.map(({ code, group }) => [code, group])).toEqual(
            expect.arrayContaining(
              once.refused
                .filter(({ code }) => code !== "TOO_NARROW")
                .map(({ code, group }) => [code, group]),
            ),
          );
          const total = (made: MadePlan) => made.widths.reduce((sum, { after }) => sum + after, 0);
          const groups = once.widths.length;
          // Rounding to whole units happens once or several times, and each group keeps one at least.
          expect(Math.abs(total(often) - total(once))).toBeLessThanOrEqual(groups);
          for (const { after } of often.widths) expect(after).toBeGreaterThan(0);
          // Nothing that feeds these layers is pruned, so the best units stay the best.
          if (allocation.name === "uniform") expect(keeps(often)).toEqual(keeps(once));
        },
      ),
      { numRuns: 60, seed: 9 },
    );
  });
});
