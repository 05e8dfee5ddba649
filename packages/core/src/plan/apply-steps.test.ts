import { floatTensor, GraphBuilder, inferFacts, intAttribute, type Model, type Value } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { findCoupledGroups } from "../groups/find-groups.js";
import { defaultHandlers } from "../ops/all.js";
import { modelBytes } from "../parity/parity.js";
import { applySteps, cleanUp } from "./apply-steps.js";

/** x → Gemm(4) → Relu → Gemm(2), beside a node and a constant that nothing reads. */
function model(irVersion = 8): Model {
  const net = new GraphBuilder();
  const weight = (name: string, ...dims: number[]): Value =>
    net.weight(
      name,
      floatTensor(
        dims,
        Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => i),
      ),
    );
  const x = net.input("x", [1, 3]);
  const options = { attributes: { transB: intAttribute(1) } };
  const hidden = net.op("Relu", [net.op("Gemm", [x, weight("w1", 4, 3), weight("b1", 4)], options)]);
  net.output(net.op("Gemm", [hidden, weight("w2", 2, 4)], options), "y");
  net.op("Neg", [weight("unused", 5)]);
  return net.model(13, irVersion);
}

function apply(subject: Model, keep: readonly number[], keepOverridable = false) {
  const facts = inferFacts(subject);
  const handlers = defaultHandlers();
  const analysis = findCoupledGroups(subject, facts, handlers);
  const steps = [{ kind: "slice" as const, group: "gemm_out#1", width: 4, keep, reason: "" }];
  return applySteps(subject, facts, analysis, steps, handlers, { keepOverridable });
}

describe("applySteps", () => {
  it("removes units from producer, bias and consumer, and what nothing reads", () => {
    const { model: smaller, cleanups } = apply(model(), [1, 3]);
    const tensors = Object.fromEntries([...smaller.graph.initializers].map((v) => [v.name, v.initializer]));
    const floats = (name: string) => [
      ...new Float32Array(tensors[name]?.bytes().slice().buffer ?? new ArrayBuffer(0)),
    ];
    expect(Object.keys(tensors)).toEqual(["w1", "b1", "w2"]);
    expect(floats("w1")).toEqual([3, 4, 5, 9, 10, 11]);
    expect(floats("b1")).toEqual([1, 3]);
    expect(floats("w2")).toEqual([1, 3, 5, 7]);
    expect(cleanups).toEqual(["1 unused nodes removed", "1 unused constants removed"]);
  });

  it("does not touch its input, and gives the same bytes every time", () => {
    const subject = model();
    const before = modelBytes(subject);
    const [first, second] = [apply(subject, [0, 2]), apply(subject, [0, 2])];
    expect(modelBytes(first.model)).toEqual(modelBytes(second.model));
    expect(modelBytes(subject)).toEqual(before);
  });
});

describe("cleanUp", () => {
  const overridable = (irVersion: number): Model => {
    const subject = model(irVersion);
    subject.graph.inputs.push(...subject.graph.initializers);
    return subject;
  };

  it("makes overridable initialisers plain, raising the IR version only where they must be inputs", () => {
    const old = overridable(3);
    expect(cleanUp(old, { keepOverridable: false })).toEqual([
      "4 initialisers are no longer overridable inputs",
      "IR version 3 → 4, which constants that are not inputs need",
      "1 unused nodes removed",
      "1 unused constants removed",
    ]);
    expect([old.irVersion, old.graph.inputs.map((v) => v.name)]).toEqual([4, ["x"]]);
    const recent = overridable(7);
    cleanUp(recent, { keepOverridable: false });
    expect(recent.irVersion).toBe(7);
  });

  it("leaves them on request, and then shrinks the inputs they are", () => {
    const { model: smaller } = apply(overridable(3), [0], true);
    expect(smaller.irVersion).toBe(3);
    const shapes = smaller.graph.inputs.map((v) => (v.type?.kind === "tensor" ? v.type.shape : null));
    expect(shapes).toEqual([[1, 3], [1, 3], [1], [2, 1], [5]]);
  });

  it("has nothing to do the second time", () => {
    const subject = overridable(8);
    cleanUp(subject, { keepOverridable: false });
    expect(cleanUp(subject, { keepOverridable: false })).toEqual([]);
  });
});
