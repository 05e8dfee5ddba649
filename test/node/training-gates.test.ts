// Gradients of gates against finite differences: closing a gate a little is scaling what its unit gives to its readers,
// so the loss of each sample is taken at 1 ± ε times the readers' weights.

import {
  defaultHandlers,
  type Feeds,
  findCoupledGroups,
  type GateStatistics,
  headImportance,
  seededRandom,
  taylor,
} from "@espalier/core";
import {
  DataType,
  floatTensor,
  GraphBuilder,
  inferFacts,
  intAttribute,
  intsAttribute,
  isEspalierError,
  type Model,
  type Node,
  readFloats,
  stringAttribute,
  type Value,
} from "@espalier/ir";

import { nodeRuntime } from "@espalier/runtime-node";
import {
  createTrainer,
  crossEntropy,
  evaluate,
  type Gate,
  gateGradients,
  gateOfGroup,
  sgd,
} from "@espalier/train";
import { mobilenetV2, resnet20, textTransformer } from "@espalier/zoo";
import { describe, expect, it } from "vitest";
import {
  batchOf,
  clouds,
  convolutional,
  type DrawnSet,
  drawn,
  evaluationSet,
  multilayer,
} from "../training-networks.js";

const runtime = nodeRuntime({ threads: 1 });
const SAMPLES = 8;
const BATCH = 4;

/** A weight of the network that reads units, and which entries of it each unit feeds. */
interface Reader {
  readonly name: string;
  readonly unitOf: (entry: number) => number;
}

/** G[n][u] by central differences of the loss of sample n. */
async function differences(model: Model, set: DrawnSet, readers: readonly Reader[], width: number) {
  const epsilon = 0.0005;
  const facts = inferFacts(model);
  const stored = new Map(
    [...model.graph.initializers].map((value) => [value.name, readFloats(facts.constant(value) as never)]),
  );
  const trainer = await createTrainer({
    ...{ runtime, model, bindings: { N: 1 }, loss: crossEntropy(), optimiser: sgd({ momentum: 0 }) },
  });
  const lossesAt = async (unit: number, factor: number) => {
    const state = trainer.state();
    const tensors = new Map(state.tensors);
    for (const { name, unitOf } of readers)
      tensors.set(
        name,
        Float32Array.from(stored.get(name) as Float32Array, (w, i) => (unitOf(i) === unit ? w * factor : w)),
      );
    trainer.restore({ ...state, tensors });
    const network = trainer.model();
    trainer.restore(state);
    const losses: number[] = [];
    for (let n = 0; n < set.count; n++) {
      const one = { name: "one", batches: 1, batch: () => batchOf(set, [n]) };
      losses.push((await evaluate({ runtime, model: network, set: one })).loss);
    }
    return losses;
  };
  const found = Array.from({ length: set.count }, () => new Array<number>(width).fill(0));
  for (let unit = 0; unit < width; unit++) {
    const [above, below] = [await lossesAt(unit, 1 + epsilon), await lossesAt(unit, 1 - epsilon)];
    for (let n = 0; n < set.count; n++)
      (found[n] as number[])[unit] = ((above[n] as number) - (below[n] as number)) / (2 * epsilon);
  }
  await trainer.dispose();
  return found;
}

function check(statistics: GateStatistics, expected: readonly (readonly number[])[]): void {
  const width = statistics.sum.length;
  expect([statistics.samples, statistics.batches]).toEqual([SAMPLES, SAMPLES / BATCH]);
  const batches = [expected.slice(0, BATCH), expected.slice(BATCH)];
  for (let unit = 0; unit < width; unit++) {
    const column = (rows: readonly (readonly number[])[]) => rows.map((row) => row[unit] as number);
    const add = (values: number[]) => values.reduce((sum, value) => sum + value, 0);
    expect(statistics.sum[unit]).toBeCloseTo(add(column(expected)), 2);
    expect(statistics.absolute[unit]).toBeCloseTo(add(column(expected).map(Math.abs)), 2);
    expect(statistics.squares[unit]).toBeCloseTo(
      add(batches.map((rows) => (add(column(rows)) / BATCH) ** 2)),
      2,
    );
  }
  // Not everything is near nothing.
  expect(Math.max(...statistics.absolute)).toBeGreaterThan(0.2);
}

async function gradientsOf(model: Model, set: DrawnSet, gates: readonly Gate[]) {
  const bindings = { N: BATCH };
  return gateGradients({
    ...{ runtime, model, bindings, loss: crossEntropy(), gates, set: evaluationSet(set, BATCH) },
  });
}

function groupsOf(model: Model) {
  const facts = inferFacts(model, { bindings: { N: BATCH } });
  const { groups, links } = findCoupledGroups(model, facts, defaultHandlers());
  return { groups, gates: groups.map((group) => gateOfGroup(group, { links, facts })) };
}

describe("gates of coupled groups", () => {
  it("on neurons: what the next layer reads", async () => {
    const model = multilayer([6, 5, 7, 3]);
    const set = clouds(SAMPLES, [6], 3);
    const { groups, gates } = groupsOf(model);
    const found = await gradientsOf(model, set, gates);
    for (const [i, [next, width, outputs]] of (
      [
        ["fc2.weight", 5, 7],
        ["fc3.weight", 7, 3],
      ] as const
    ).entries()) {
      const readers = [{ name: next, unitOf: (entry: number) => Math.floor(entry / outputs) }];
      const id = groups[i]?.id ?? "";
      check(found.get(id) as GateStatistics, await differences(model, set, readers, width));
    }
    // Core ranks by them.
    const scores = taylor(found).score(groups[0] as never, { seed: 1, constant: () => expect.unreachable() });
    const { squares, batches } = found.get(groups[0]?.id ?? "") as GateStatistics;
    expect([...scores]).toEqual([...squares].map((sum) => sum / batches));
  });

  it("on channels before a pool, with batch normalisation by its stored statistics", async () => {
    // Smooth behind the gates: a kink that a difference steps over makes it wrong.
    const model = convolutional(3, [3, 4], "Tanh");
    const set = clouds(SAMPLES, [1, 8, 8], 3);
    const { groups, gates } = groupsOf(model);
    const found = await gradientsOf(model, set, gates);
    const readers = [{ name: "conv2.weight", unitOf: (entry: number) => Math.floor(entry / 9) % 3 }];
    check(found.get(groups[0]?.id ?? "") as GateStatistics, await differences(model, set, readers, 3));
  });

  it("pass maxima: before a pool or behind it, a gate says the same", async () => {
    const model = convolutional(3, [3, 4]);
    const set = clouds(SAMPLES, [1, 8, 8], 3);
    const gate = (name: string): Gate => {
      const node = [...model.graph.nodes].find(({ outputs }) => outputs[0]?.name === name);
      const value = node?.outputs[0] as Value;
      const unitOf = Int32Array.of(0, 1, 2);
      return { id: name, width: 3, points: [{ value, axis: 1, unitOf, consumers: null }] };
    };
    const found = await gradientsOf(model, set, [gate("conv1.relu_out"), gate("maxpool_out")]);
    const [before, behind] = [...found.values()] as [GateStatistics, GateStatistics];
    for (const [unit, sum] of before.absolute.entries()) {
      expect(sum).toBeGreaterThan(0.1);
      expect(sum).toBeCloseTo(behind.absolute[unit] as number, 5);
    }
  });

  it("on a residual sum: at every reader, once each", async () => {
    const net = new GraphBuilder();
    const dense = (x: Value, name: string, from: number, to: number): Value =>
      net.op("MatMul", [x, net.weight(name, drawn(1, name, [from, to], 0.5))]);
    const a = dense(net.input("input", ["N", 6]), "a", 6, 4);
    const b = net.op("Relu", [dense(a, "b", 4, 4)]);
    net.output(dense(net.op("Add", [a, b]), "out", 4, 3), "logits");
    const model = net.model();
    const set = clouds(SAMPLES, [6], 3);
    const { groups, gates } = groupsOf(model);
    expect(groups.length).toBe(1);
    expect(gates[0]?.points.length).toBe(2);
    const readers = [
      { name: "b", unitOf: (entry: number) => Math.floor(entry / 4) },
      { name: "out", unitOf: (entry: number) => Math.floor(entry / 3) },
    ];
    check(
      (await gradientsOf(model, set, gates)).get(groups[0]?.id ?? "") as GateStatistics,
      await differences(model, set, readers, 4),
    );
  });
});

describe("gates of whole networks", () => {
  // The loss is a function of unit times the weights that read it, so ∂L/∂gate = Σ w·∂L/∂w over those weights: another
  // way through the gradients, by one step of a trainer.
  const networks: readonly [name: string, model: Model, groups: number][] = [
    ["ResNet-20", resnet20({ width: 0.25 }), 12],
    ["MobileNetV2", mobilenetV2({ width: 0.1, resolution: 32, classes: 4 }), 24],
    [
      "a transformer",
      textTransformer({ vocabulary: 20, length: 6, width: 8, heads: 2, classes: 3 }),
      // The residual stream; in each layer heads, dimensions of values, hidden units.
      7,
    ],
  ];
  for (const [name, model, count] of networks)
    it(`agree with the gradients of the weights that read the units: ${name}`, async () => {
      const facts = inferFacts(model, { bindings: { N: BATCH } });
      const { groups, gates } = groupsOf(model);
      const input = model.graph.inputs[0] as Value;
      const random = seededRandom(4, name);
      const dims = [BATCH, ...(facts.shape(input) ?? []).slice(1).map(Number)];
      const size = dims.reduce((all, one) => all * one, 1);
      const tokens = facts.dataType(input) === DataType.INT64;
      const feeds: Feeds = {
        [input.name]: {
          ...{ dataType: tokens ? DataType.INT64 : DataType.FLOAT, dims },
          data: tokens
            ? BigInt64Array.from({ length: size }, () => BigInt(random.integer(1, 19)))
            : Float32Array.from({ length: size }, () => random.normal()),
        },
        labels: { dataType: DataType.INT64, dims: [BATCH], data: BigInt64Array.of(0n, 1n, 2n, 1n) },
      };
      const options = { runtime, model, bindings: { N: BATCH }, loss: crossEntropy() };
      const set = { name: "one", batches: 1, batch: () => feeds };
      const found = await gateGradients({ ...options, gates, set });
      const trainer = await createTrainer({
        ...{ ...options, optimiser: sgd({ momentum: 0 }), frozenStatistics: true, dropout: false },
      });
      const before = trainer.state().tensors;
      await trainer.train(feeds, 1);
      const after = trainer.state().tensors;
      await trainer.dispose();

      let compared = 0;
      for (const [i, group] of groups.entries()) {
        const readers = group.members.filter(({ role }) => role === "consumes");
        const weights = new Set(readers.map(({ value }) => value));
        // Where products of two activations read the units, no weight does.
        const stored = gates[i]?.points.every(({ consumers }) =>
          consumers?.every(({ inputs }) => inputs.some((one) => one !== null && weights.has(one))),
        );
        if (!stored || readers.length === 0) continue;
        const expected = new Float64Array(group.width);
        for (const { value, axis, unitOf } of readers) {
          const [w, next] = [before.get(value.name), after.get(value.name)] as [Float32Array, Float32Array];
          const inner = (facts.shape(value) ?? [])
            .slice(axis + 1)
            .reduce<number>((all, one) => all * Number(one), 1);
          for (const [at, one] of w.entries()) {
            const unit = unitOf[Math.floor(at / inner) % unitOf.length] as number;
            if (unit >= 0)
              expected[unit] = (expected[unit] as number) + BATCH * one * (one - (next[at] as number));
          }
        }
        const { sum, absolute } = found.get(group.id) as GateStatistics;
        const scale = Math.max(...absolute);
        expect(scale, group.id).toBeGreaterThan(0);
        for (const [unit, value] of sum.entries())
          expect(Math.abs(value - (expected[unit] as number)) / scale, group.id).toBeLessThan(1e-3);
        compared++;
      }
      expect(compared).toBe(count);
    });
});

describe("gates that are named", () => {
  /** [N, 3, 4] → [N, 3, 2·3] (two heads of three) → [N, 3, 5] → mean over positions → [N, 5] */
  function heads(): { model: Model; value: Value } {
    const net = new GraphBuilder();
    const value = net.op("Tanh", [
      net.op("MatMul", [net.input("input", ["N", 3, 4]), net.weight("in", drawn(2, "in", [4, 6], 0.5))]),
    ]);
    const mixed = net.op("MatMul", [value, net.weight("out", drawn(2, "out", [6, 5], 0.8))]);
    net.output(
      net.op("ReduceMean", [mixed], { attributes: { axes: intsAttribute([1]), keepdims: intAttribute(0) } }),
      "logits",
    );
    return { model: net.model(), value };
  }
  const unitOf = Int32Array.of(0, 0, 0, 1, 1, 1);

  it("gather the positions of a head, over all places in a text", async () => {
    const { model, value } = heads();
    const set = clouds(SAMPLES, [3, 4], 5);
    const gate: Gate = { id: "heads", width: 2, points: [{ value, axis: 2, unitOf, consumers: null }] };
    const found = await gradientsOf(model, set, [gate]);
    const readers = [{ name: "out", unitOf: (entry: number) => unitOf[Math.floor(entry / 5)] as number }];
    check(found.get("heads") as GateStatistics, await differences(model, set, readers, 2));
    const scores = headImportance(found).score({ id: "heads", width: 2 } as never, {
      ...{ seed: 1, constant: () => expect.unreachable() },
    });
    expect(Math.hypot(...scores)).toBeCloseTo(1, 12);
  });

  it("lie on edges into what a newer opset writes otherwise", async () => {
    // [N, 2, 3] → Tanh(conv) [N, 3, 3] → twice as long → conv → mean [N, 3]
    const build = (opset: number): { model: Model; value: Value; up: Node; conv: Node } => {
      const net = new GraphBuilder();
      const conv = (x: Value, name: string, from: number): Value =>
        net.op("Conv", [x, net.weight(name, drawn(3, name, [3, from, 1], 0.8))], { name });
      const value = net.op("Tanh", [conv(net.input("input", ["N", 2, 3]), "in", 2)]);
      const scales = net.weight("scales", floatTensor([3], [1, 1, 2]));
      const wide =
        opset < 10
          ? net.op("Upsample", [value, scales])
          : net.op("Resize", [value, null, scales], {
              attributes: {
                coordinate_transformation_mode: stringAttribute("asymmetric"),
                nearest_mode: stringAttribute("floor"),
              },
            });
      const beside = conv(value, "beside", 3);
      const joined = net.op("Concat", [conv(wide, "out", 3), beside], {
        attributes: { axis: intAttribute(2) },
      });
      const mean = net.op("GlobalAveragePool", [joined]);
      net.output(net.op("Flatten", [mean]), "logits");
      return { model: net.model(opset), value, up: wide.producer as Node, conv: beside.producer as Node };
    };
    const set = clouds(SAMPLES, [2, 3], 3);
    const sums = async (
      opset: number,
      readers: (net: ReturnType<typeof build>) => readonly Node[] | null,
    ) => {
      const net = build(opset);
      const point = { value: net.value, axis: 1, unitOf: Int32Array.of(0, 1, 2), consumers: readers(net) };
      const found = await gradientsOf(net.model, set, [{ id: "g", width: 3, points: [point] }]);
      return [...(found.get("g") as GateStatistics).sum];
    };
    for (const readers of [
      () => null,
      ({ up }: { up: Node }) => [up],
      ({ conv, up }: { conv: Node; up: Node }) => [conv, up],
    ]) {
      const [old, newer] = [await sums(9, readers), await sums(17, readers)];
      for (const [unit, sum] of newer.entries()) {
        expect(Math.abs(sum)).toBeGreaterThan(0.01);
        expect(old[unit]).toBeCloseTo(sum, 5);
      }
    }
  });

  it("cannot lie on the batch, and a set must fit", async () => {
    const { model, value } = heads();
    const code = (gate: Gate, set: DrawnSet) =>
      gradientsOf(model, set, [gate]).then(
        () => "done",
        (error: unknown) => isEspalierError(error) && error.code,
      );
    const gate = (axis: number): Gate => ({
      ...{ id: "g", width: 2, points: [{ value, axis, unitOf, consumers: null }] },
    });
    expect(await code(gate(0), clouds(SAMPLES, [3, 4], 5))).toBe("INVALID_OPTION");
    expect(await code(gate(2), clouds(SAMPLES, [3, 5], 5))).toBe("INVALID_BATCH");
    expect(await code(gate(2), clouds(0, [3, 4], 5))).toBe("INVALID_BATCH");
  });
});
