// Recovery on the runtime: against the dense network, against statistics by hand, and over every topology.

import {
  applySteps,
  collectEliminations,
  countMacs,
  digestWeights,
  type Feeds,
  macsModel,
  makePlan,
  measureSensitivity,
  modelBytes,
  oneShot,
  openSubject,
  outputError,
  type RuntimeTensor,
  randomInputs,
  reconstruction,
  recover,
  replayWeights,
  runOutputs,
  type SliceStep,
  type Subject,
  seededRandom,
  sensitivity,
  totalCost,
  updateWeights,
} from "@espalier/core";
import {
  floatTensor,
  inferFacts,
  intsAttribute,
  isEspalierError,
  type Model,
  readFloats,
  type Value,
} from "@espalier/ir";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import { describe, expect, it } from "vitest";
import { CONVOLUTIONAL } from "../topologies/convolutional.js";
import { REGROUPING } from "../topologies/regrouping.js";
import { buildTopology, Net, type Topology } from "../topologies/topology.js";

const runtime = nodeRuntime({ threads: 1 });
const host = nodeHost();

function subjectOf(build: (net: Net) => void, seed = 1, opset = 17): Subject {
  const net = new Net(seed);
  build(net);
  return openSubject(modelBytes(net.builder.model(opset)));
}

function inputsOf(subject: Subject, count: number, seed = 7): readonly Feeds[] {
  return randomInputs(subject.model, subject.boundFacts, subject.handlers, { seed, count });
}

/** Units removed from groups that begin with a name: [name, kept]. */
function slices(subject: Subject, keep: Readonly<Record<string, readonly number[]>>): SliceStep[] {
  return Object.entries(keep).map(([id, kept]) => {
    const group = subject.analysis.groups.find((one) => one.id === id);
    if (group === undefined)
      throw new Error(`no group ${id} in ${subject.analysis.groups.map((one) => one.id)}`);
    return { kind: "slice", group: id, width: group.width, keep: kept, reason: "" };
  });
}

function prunedBy(subject: Subject, steps: readonly SliceStep[]): Model {
  const { model, facts, analysis, handlers } = subject;
  return applySteps(model, facts, analysis, steps, handlers, { keepOverridable: false }).model;
}

const errorOf = async (subject: Subject, model: Model, inputs: readonly Feeds[]): Promise<number> =>
  outputError(
    await runOutputs(subject.model, inputs, { runtime }),
    await runOutputs(model, inputs, { runtime }),
  );

describe("reconstruct", () => {
  it("recovers a channel that is a linear combination of kept ones exactly", async () => {
    for (const kind of ["conv", "strided", "linear", "matmul"] as const) {
      const subject = subjectOf((net) => {
        if (kind === "linear" || kind === "matmul") {
          const x = net.builder.input("x", [1, 5]);
          const w = net.weights("a.w", [5, 6]).initializer;
          const mixed = Float32Array.from(readFloats(w as NonNullable<typeof w>));
          for (let k = 0; k < 5; k++)
            mixed[k * 6 + 5] = 2 * (mixed[k * 6] as number) - (mixed[k * 6 + 3] as number);
          const inner = net.builder.op("MatMul", [
            x,
            net.builder.weight("mixed", floatTensor([5, 6], mixed)),
          ]);
          const y =
            kind === "linear"
              ? net.linear(inner, 6, 3)
              : net.builder.op("MatMul", [inner, net.weights("b", [6, 3])]);
          net.builder.output(y, "y");
          return;
        }
        const filters = new Float32Array(6 * 27);
        for (let i = 0; i < 5 * 27; i++) filters[i] = net.random.normal();
        for (let i = 0; i < 27; i++)
          filters[5 * 27 + i] = 2 * (filters[i] as number) - (filters[3 * 27 + i] as number);
        const inner = net.builder.op(
          "Conv",
          [net.image(), net.builder.weight("w", floatTensor([6, 3, 3, 3], filters))],
          {
            attributes: { pads: intsAttribute([1, 1, 1, 1]) },
          },
        );
        net.builder.output(net.conv(inner, 6, 4, { stride: kind === "strided" ? 2 : 1 }), "y");
      });
      const inputs = inputsOf(subject, 40);
      const [group] = subject.analysis.groups;
      const steps = slices(subject, { [group?.id ?? ""]: [0, 1, 2, 3, 4] });
      const pruned = prunedBy(subject, steps);
      const { model, report } = await recover(pruned, subject, steps, {
        runtime,
        inputs,
        methods: ["reconstruct"],
        ridge: 1e-11,
      });
      const fresh = inputsOf(subject, 10, 99);
      expect(report.before, kind).toBeGreaterThan(0.01);
      expect(Math.sqrt(await errorOf(subject, model, fresh)), kind).toBeLessThan(1e-5);
    }
  });

  it("makes up for what a shortcut lost", async () => {
    const subject = subjectOf((net) => {
      const stem = net.relu(net.conv(net.image(), 3, 6, { name: "stem" }));
      const first = net.relu(
        net.add(
          stem,
          net.batchNorm(net.conv(net.relu(net.conv(stem, 6, 8, { name: "a" })), 8, 6, { name: "b" }), 6),
        ),
      );
      net.builder.output(
        net.add(first, net.conv(net.relu(net.conv(first, 6, 12, { name: "c" })), 12, 6, { name: "d" })),
        "y",
      );
    });
    const groups = subject.analysis.groups.filter((group) => group.members.length === 3);
    const steps = slices(
      subject,
      Object.fromEntries(groups.map((group) => [group.id, [...Array(group.width - 2).keys()]])),
    );
    const inputs = inputsOf(subject, 40);
    const pruned = prunedBy(subject, steps);
    const [without, withShortcuts] = await Promise.all(
      [false, true].map((shortcuts) =>
        recover(pruned, subject, steps, { runtime, inputs, methods: ["reconstruct"], shortcuts }),
      ),
    );
    expect(without?.report.after).toBeLessThan(without?.report.before ?? 0);
    expect(withShortcuts?.report.after).toBeLessThan((without?.report.after ?? 0) * 0.999);
  });
});

describe("batch-norm", () => {
  it("stores the statistics that follow from the values themselves", async () => {
    const subject = subjectOf((net) => {
      const a = net.relu(net.batchNorm(net.conv(net.image(), 3, 6), 6));
      net.builder.output(net.relu(net.batchNorm(net.conv(a, 6, 4), 4)), "y");
    });
    const [group] = subject.analysis.groups;
    const steps = slices(subject, { [group?.id ?? ""]: [0, 2, 5] });
    const inputs = inputsOf(subject, 9);
    const { model } = await recover(prunedBy(subject, steps), subject, steps, {
      runtime,
      inputs,
      methods: ["batch-norm"],
    });
    const [, second] = [...model.graph.nodes].filter((node) => node.opType === "BatchNormalization");
    const entering = second?.input(0);
    if (entering == null) throw new Error("no second normalisation");
    model.graph.outputs.push(entering);
    entering.type ??= { kind: "tensor", dataType: 1, shape: null };
    const values = (await runOutputs(model, inputs, { runtime }))[entering.name] ?? [];
    for (let c = 0; c < 4; c++) {
      const own = values.flatMap(({ data }) =>
        [...(data as Float32Array)].filter((_, i) => Math.floor(i / 36) % 4 === c),
      );
      const mean = own.reduce((sum, v) => sum + v, 0) / own.length;
      const variance = own.reduce((sum, v) => sum + (v - mean) ** 2, 0) / own.length;
      expect(stored(second?.input(3))[c]).toBeCloseTo(mean, 5);
      expect((stored(second?.input(4))[c] as number) / variance).toBeCloseTo(1, 5);
    }
  });
});

/** Sum of one channel of 6 × 6 over all batches. */
function channelSum(batches: readonly RuntimeTensor[] | undefined, c: number): number {
  let sum = 0;
  for (const { data } of batches ?? [])
    for (const v of (data as Float32Array).subarray(c * 36, (c + 1) * 36)) sum += v;
  return sum;
}

function stored(value: Value | null | undefined): Float32Array {
  if (value?.initializer == null) throw new Error("no constant");
  return readFloats(value.initializer);
}

describe("bias", () => {
  for (const bias of [true, false])
    it(`makes the mean error of every output channel zero, ${bias ? "in the bias there is" : "in one that is added"}`, async () => {
      const subject = subjectOf((net) => {
        const a = net.relu(net.conv(net.image(), 3, 6));
        net.builder.output(net.conv(a, 6, 4, { bias }), "y");
      });
      const [group] = subject.analysis.groups;
      const steps = slices(subject, { [group?.id ?? ""]: [1, 2, 4] });
      const inputs = inputsOf(subject, 6);
      const pruned = prunedBy(subject, steps);
      const { model } = await recover(pruned, subject, steps, { runtime, inputs, methods: ["bias"] });
      const errors = async (candidate: Model): Promise<number[]> => {
        const [a, b] = [
          await runOutputs(subject.model, inputs, { runtime }),
          await runOutputs(candidate, inputs, { runtime }),
        ];
        return [0, 1, 2, 3].map(
          (c) => Math.abs(channelSum(a.y, c) - channelSum(b.y, c)) / (36 * inputs.length),
        );
      };
      expect(Math.max(...(await errors(pruned)))).toBeGreaterThan(0.05);
      expect(Math.max(...(await errors(model)))).toBeLessThan(1e-5);
    });
});

describe("over the topologies", () => {
  for (const topology of [...CONVOLUTIONAL, ...REGROUPING])
    it(`no layer gets worse, and the same seed gives the same bytes: ${topology.name}`, async () => {
      const subject = openSubject(modelBytes(buildTopology(topology, 5)));
      const steps = randomSteps(subject, topology);
      const inputs = inputsOf(subject, 6);
      const pruned = prunedBy(subject, steps);
      const options = { runtime, inputs, methods: ["reconstruct", "batch-norm"] as const, maxRows: 64 };
      const { model, report } = await recover(pruned, subject, steps, options);
      for (const layer of report.layers)
        expect(layer.after).toBeLessThanOrEqual(layer.before * (1 + 1e-9) + 1e-12);
      if (topology.mustRemove === undefined) expect(Number.isFinite(report.after)).toBe(true);
      else expect(report.skipped.length).toBeGreaterThan(0);
      const again = await recover(pruned, subject, steps, options);
      expect(await digestWeights(again.model, host)).toBe(await digestWeights(model, host));
      expect(Buffer.from(modelBytes(again.model)).equals(modelBytes(model))).toBe(true);
    });
});

function randomSteps(subject: Subject, { mustRemove }: Topology): SliceStep[] {
  const random = seededRandom(11, "steps");
  return subject.analysis.groups.flatMap((group): SliceStep[] => {
    if (!group.exact || group.width < 2) return [];
    const forced = mustRemove?.[group.id] ?? [];
    const keep = random
      .sample(group.width, Math.max(1, Math.ceil(group.width / 2)))
      .filter((unit) => !forced.includes(unit));
    return keep.length === 0
      ? []
      : [{ kind: "slice", group: group.id, width: group.width, keep, reason: "" }];
  });
}

describe("a plan that updates weights", () => {
  const subject = subjectOf((net) => {
    const a = net.relu(net.batchNorm(net.conv(net.image(), 3, 6), 6));
    net.head(net.relu(net.conv(a, 6, 5)), 5);
  });
  const steps = slices(subject, { [subject.analysis.groups[0]?.id ?? ""]: [0, 1, 4] });
  const inputs = inputsOf(subject, 6);
  const pruned = prunedBy(subject, steps);
  const options = { runtime, host, inputs };

  it("replays to the same weights with the same inputs, and to none with others", async () => {
    const { model, step } = await updateWeights(pruned, subject, steps, {
      ...options,
      methods: ["batch-norm", "reconstruct"],
    });
    expect(step.methods).toEqual(["reconstruct", "batch-norm"]);
    expect(step.after).toBeLessThan(step.before);
    const replayed = await replayWeights(pruned, subject, [...steps, step], options);
    expect(replayed.exact).toBe(true);
    expect(Buffer.from(modelBytes(replayed.model)).equals(modelBytes(model))).toBe(true);
    const other = replayWeights(pruned, subject, [...steps, step], {
      ...options,
      inputs: inputsOf(subject, 6, 8),
    });
    await expect(other).rejects.toSatisfy((error) => isEspalierError(error, "CALIBRATION_MISSING"));
    const forged = replayWeights(pruned, subject, [...steps, { ...step, after: step.after / 2 }], options);
    await expect(forged).rejects.toSatisfy((error) => isEspalierError(error, "MISMATCH"));
  });
});

describe("sensitivity", () => {
  it("measures curves from dense to narrow and meets a budget of MACs", async () => {
    const net = new Net(3);
    CONVOLUTIONAL.find((one) => one.name === "residual")?.build(net);
    const subject = openSubject(modelBytes(net.builder.model()));
    const { model, boundFacts, analysis } = subject;
    const inputs = inputsOf(subject, 12);
    const { curves, eliminations } = await measureSensitivity(subject, { runtime, inputs });
    expect(curves.map(({ group }) => group).sort()).toEqual([...eliminations.keys()].sort());
    expect(curves.length).toBeGreaterThan(1);
    for (const { points, width } of curves) {
      expect(points[0]).toEqual({ kept: width, error: 0 });
      expect(points.at(-1)?.error).toBeGreaterThan(0);
    }
    // The last quarter judges; the rest is fitted on.
    expect(await collectEliminations(subject, { runtime, inputs: inputs.slice(0, 9) })).toEqual(eliminations);
    const costs = macsModel(subject);
    const dense = totalCost(costs, boundFacts);
    for (const budget of [0.9, 0.6, 0.3]) {
      const allocation = sensitivity({ curves, costs, analysis, facts: boundFacts, dense });
      const { steps } = makePlan(model, subject.facts, analysis, subject.handlers, {
        ratio: 1 - budget,
        criterion: reconstruction(eliminations),
        allocation,
        schedule: oneShot(),
        step: 1,
        minWidth: 1,
        include: [],
        exclude: [],
        allowInexact: false,
        seed: 1,
      });
      const smaller = prunedBy(subject, steps);
      const left = countMacs(
        smaller,
        inferFacts(smaller, { bindings: subject.bindings }),
        subject.handlers,
      ).total;
      expect(left).toBeLessThanOrEqual(budget * dense);
      expect(left).toBeGreaterThan((budget - 0.15) * dense);
    }
  });
});
