import { floatTensor, GraphBuilder, inferFacts, intAttribute, type Model, type Value } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { findCoupledGroups } from "../groups/find-groups.js";
import { TWO_OF_FOUR } from "../n-m/pattern.js";
import { planPattern } from "../n-m/plan-pattern.js";
import { defaultHandlers } from "../ops/all.js";
import { seededRandom } from "../random/random.js";
import type { Subject } from "../target/subject.js";

function subjectOf(build: (net: GraphBuilder) => Value): Subject {
  const net = new GraphBuilder();
  net.output(build(net), "y");
  const model: Model = net.model();
  const facts = inferFacts(model);
  const handlers = defaultHandlers();
  return {
    ...{ model, facts, handlers, boundFacts: facts, bindings: {}, unbound: [] },
    analysis: findCoupledGroups(model, facts, handlers),
  };
}

const random = seededRandom(7);
const tensor = (...dims: number[]) =>
  floatTensor(
    dims,
    Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => random.normal()),
  );
const plan = (subject: Subject) => planPattern(subject, [], false, { pattern: TWO_OF_FOUR, permute: true });
const orders = (subject: Subject) =>
  plan(subject).steps.flatMap((step) => ("order" in step ? [[step.step.group, [...step.order]]] : []));

describe("the order of a group", () => {
  it("spreads heavy channels over the blocks: of 1 1 1 1 0 0 0 0 two in each", () => {
    const heavy = Float32Array.of(1, 1, 1, 1, 0, 0, 0, 0);
    const subject = subjectOf((net) => {
      const x = net.op("Gemm", [net.input("x", [1, 4]), net.weight("a", tensor(4, 8))]);
      const w = net.weight("b", floatTensor([2, 8], Float32Array.of(...heavy, ...heavy)));
      return net.op("Gemm", [x, w], { attributes: { transB: intAttribute(1) } });
    });
    const { steps } = plan(subject);
    const [step] = steps;
    if (step === undefined || !("order" in step)) throw new Error("no order");
    expect(step.step.kept).toEqual({ before: 4, after: 8 });
    const places = [...step.order].map((unit) => (unit < 4 ? 1 : 0));
    expect([places.slice(0, 4), places.slice(4)].map((block) => block.filter(Boolean).length)).toEqual([
      2, 2,
    ]);
    expect([...step.order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("is one for all layers that read it, and gains in their sum", () => {
    const subject = subjectOf((net) => {
      const x = net.op("Conv", [net.input("x", [1, 4, 5, 5]), net.weight("w0", tensor(16, 4, 3, 3))]);
      const left = net.op("Conv", [x, net.weight("w1", tensor(8, 16, 1, 1))]);
      return net.op("Add", [left, net.op("Conv", [x, net.weight("w2", tensor(8, 16, 1, 1))])]);
    });
    const found = plan(subject);
    const permuted = found.steps.flatMap((step) => ("order" in step ? [step.step] : []));
    expect(permuted).toHaveLength(1);
    expect(permuted[0]?.kept.after).toBeGreaterThan(permuted[0]?.kept.before as number);
    expect(found.layers.map(({ name }) => name).sort()).toEqual(["w0", "w1", "w2"]);
  });

  it("moves head dimensions in all heads alike, not heads, whose blocks stay whole", () => {
    const subject = subjectOf((net) => {
      const grouped = net.op("Conv", [net.input("x", [1, 8, 4, 4]), net.weight("w0", tensor(32, 8, 1, 1))]);
      return net.op("Conv", [grouped, net.weight("w1", tensor(16, 16, 1, 1))], {
        attributes: { group: intAttribute(2) },
      });
    });
    for (const [, order] of orders(subject)) {
      // Channels 16 apart read the same weights' columns: they move together.
      const units = order as number[];
      expect(units.length === 16 || units.length === 2).toBe(true);
    }
    expect(orders(subject).length).toBeGreaterThan(0);
  });
});

describe("units stay in their order", () => {
  const chain = (middle: (net: GraphBuilder, x: Value) => Value) =>
    subjectOf((net) => {
      const x = net.op("Conv", [net.input("x", [1, 4, 6, 6]), net.weight("w0", tensor(16, 4, 3, 3))]);
      return net.op("Conv", [middle(net, x), net.weight("w1", tensor(8, 16, 3, 3))]);
    });

  it("where an operator reads neighbours, with the reason", () => {
    const lrn = chain((net, x) => net.op("LRN", [x], { attributes: { size: intAttribute(3) } }));
    expect(orders(lrn)).toEqual([]);
    expect(plan(lrn).refused).toMatchObject([{ code: "ORDER_MATTERS" }]);
    expect(orders(chain((net, x) => net.op("Relu", [x])))).toHaveLength(1);
  });

  it("where a layer mixes them with others inside blocks, with the layer", () => {
    const flat = subjectOf((net) => {
      const x = net.op("Conv", [net.input("x", [1, 4, 5, 5]), net.weight("w0", tensor(16, 4, 3, 3))]);
      return net.op("Gemm", [net.op("Flatten", [x]), net.weight("w1", tensor(144, 8))]);
    });
    expect(orders(flat)).toEqual([]);
    expect(plan(flat).refused).toMatchObject([{ code: "UNITS_SHARE_BLOCKS" }]);
  });

  it("where blocks lie within one unit: a flattened image of 4 × 4 keeps what it keeps", () => {
    const flat = subjectOf((net) => {
      const x = net.op("Conv", [net.input("x", [1, 4, 6, 6]), net.weight("w0", tensor(16, 4, 3, 3))]);
      return net.op("Gemm", [net.op("Flatten", [x]), net.weight("w1", tensor(256, 8))]);
    });
    expect(orders(flat)).toEqual([]);
    expect(plan(flat).refused).toEqual([]);
  });
});
