// Training runs on ONNX Runtime: they learn, go on to the bit wherever they were stopped, end when they are cancelled or
// the loss is no number, and refuse what cannot be trained on.

import { type CheckpointStore, cubic, type Feeds, modelBytes } from "@espalier/core";
import { DataType, isEspalierError } from "@espalier/ir";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import {
  adam,
  adamW,
  type BatchSource,
  constantRate,
  cosineRate,
  crossEntropy,
  decodeCheckpoint,
  encodeCheckpoint,
  gradualMasking,
  maskableWeights,
  memoryStore,
  type Optimiser,
  sgd,
  type TrainingProgress,
  type TrainOptions,
  type TrainResult,
  train,
  warmUp,
} from "@espalier/train";
import { describe, expect, it } from "vitest";
import { batchSource, clouds, convolutional, evaluationSet, multilayer } from "../training-networks.js";

const runtime = nodeRuntime({ threads: 1 });
const host = nodeHost({ cache: null });
const images = clouds(72, [1, 8, 8], 3, { spread: 2 });

/** Three epochs of six steps. */
const training = (more: Partial<TrainOptions> = {}): TrainOptions => ({
  ...{ runtime, host, model: convolutional(), bindings: { N: 12 }, loss: crossEntropy() },
  optimiser: sgd({ momentum: 0.9, weightDecay: 1e-3 }),
  ...{ batches: batchSource(images, 12), epochs: 3, rate: warmUp(4, cosineRate(0.05)) },
  evaluate: [evaluationSet(clouds(30, [1, 8, 8], 3, { spread: 2, part: "test" }), 12)],
  ...more,
});

/** Everything that must be equal to the bit, as text. */
function fingerprint({ model, state, masks, history }: TrainResult): string {
  const bits = (array: Float32Array | Uint8Array) =>
    Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64");
  return JSON.stringify({
    step: state.step,
    tensors: [...state.tensors].map(([name, values]) => [name, bits(values)]),
    masks: [...masks].map(([name, values]) => [name, bits(values)]),
    model: bits(modelBytes(model)),
    history,
  });
}

/** A store that stops the run: it fails when it is to write for the n-th time, and keeps what it had. */
function failingStore(store: CheckpointStore, after: number): CheckpointStore {
  let writes = 0;
  return {
    read: store.read,
    write: async (name, bytes) => {
      if (writes++ === after) throw new Error("stopped");
      await store.write(name, bytes);
    },
  };
}

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return isEspalierError(error) ? error.code : String(error);
};

describe("a run", () => {
  it("learns, and tells what it was like", async () => {
    const events: TrainingProgress[] = [];
    const separable = clouds(72, [8], 3, { spread: 0.8 });
    const result = await train(
      training({
        ...{ model: multilayer([8, 16, 3]), batches: batchSource(separable, 12), epochs: 8 },
        evaluate: [evaluationSet(clouds(30, [8], 3, { spread: 0.8, part: "test" }), 12)],
        onProgress: (event) => events.push(event),
      }),
    );
    const { curve, evaluations, steps, stepsPerEpoch } = result.history;
    expect([steps, stepsPerEpoch, curve.length]).toEqual([48, 6, 48]);
    expect(evaluations.map(({ step }) => step)).toEqual([0, 6, 12, 18, 24, 30, 36, 42, 48]);
    expect(evaluations.at(-1)).toMatchObject({ set: "test", samples: 30, kept: null });
    expect(evaluations.at(-1)?.accuracy).toBeGreaterThan(0.9);
    expect(evaluations.at(-1)?.loss).toBeLessThan((evaluations[0]?.loss ?? 0) / 2);
    expect(JSON.parse(JSON.stringify(result.history))).toEqual(result.history);
    expect(events.filter(({ phase }) => phase === "train").map(({ done }) => done)).toEqual(
      Array.from({ length: 48 }, (_, i) => i + 1),
    );
    const last = events.at(-1) as TrainingProgress;
    expect(last).toMatchObject({ phase: "evaluate", done: 48, total: 48, epoch: 8, secondsLeft: 0 });
    expect(last.samplesPerSecond).toBeGreaterThan(0);
    expect(events[6]?.secondsLeft).toBeGreaterThan(0);
  });

  it("gathers the loss curve over as many steps as it is told", async () => {
    const [every, sparse] = [await train(training()), await train(training({ curveEvery: 4 }))];
    const steps = every.history.curve;
    expect(sparse.history.curve.map(({ step }) => step)).toEqual([4, 8, 12, 16, 18]);
    for (const [i, point] of sparse.history.curve.entries()) {
      const part = steps.slice(4 * i, 4 * i + 4);
      const mean = (of: (one: (typeof part)[number]) => number) =>
        part.reduce((sum, one) => sum + of(one), 0) / part.length;
      expect(point.loss).toBeCloseTo(
        mean(({ loss }) => loss),
        12,
      );
      expect(point.accuracy).toBeCloseTo(
        mean(({ accuracy }) => accuracy as number),
        12,
      );
      expect(point.learningRate).toBe(part.at(-1)?.learningRate);
    }
  });

  it("gives what evaluating the model gives, and moves batch statistics", async () => {
    const { model, state } = await train(training({ epochs: 1 }));
    const session = await runtime.load(modelBytes(model));
    await session.dispose();
    expect(state.tensors.get("conv1.bn.running_mean")?.some((value) => value !== 0)).toBe(true);
    expect(state.tensors.get("conv1.bn.running_var")?.every((value) => value > 0 && value !== 1)).toBe(true);
  });
});

const optimisers: readonly [string, Optimiser][] = [
  ["sgd", sgd({ momentum: 0 })],
  ["nesterov", sgd({ nesterov: true, weightDecay: 1e-3 })],
  ["adam", adam()],
  ["adamW", adamW()],
];

describe("a run that is stopped and goes on equals one that is not, to the bit", () => {
  const weights = maskableWeights(convolutional()).map(({ name }) => name);
  const masking = gradualMasking({ schedule: cubic({ final: 0.7, begin: 1, end: 14, every: 3 }), weights });

  for (const [name, optimiser] of optimisers)
    it(`${name}, with masks that change, stopped at every checkpoint`, async () => {
      const options = training({ optimiser, masking, rate: warmUp(4, cosineRate(0.01)) });
      const whole = fingerprint(await train(options));
      // A checkpoint every 5 steps and at the end: 4. The one that fails is the last thing that happens.
      for (const after of [0, 1, 2, 3]) {
        const store = memoryStore();
        const checkpoints = { store: failingStore(store, after), every: 5 };
        expect(await codeOf(train({ ...options, checkpoints }))).toBe("Error: stopped");
        const resumed = await train({ ...options, checkpoints: { store, every: 5 } });
        expect(resumed.resumedAt).toBe(after === 0 ? null : 5 * after);
        expect(fingerprint(resumed)).toBe(whole);
      }
    });

  it("cancelled at every step, in evaluations too", async () => {
    const options = training({ epochs: 2 });
    const whole = fingerprint(await train(options));
    const store = memoryStore();
    const stops: (number | null)[] = [];
    // Again and again on the same store: each call does one step and is cancelled.
    for (let calls = 0; calls < 40; calls++) {
      const controller = new AbortController();
      const onProgress = () => controller.abort();
      try {
        const result = await train({
          ...options,
          ...{ checkpoints: { store }, signal: controller.signal, onProgress },
        });
        expect(fingerprint(result)).toBe(whole);
        expect(stops.length).toBeGreaterThan(12);
        return;
      } catch (error) {
        expect(isEspalierError(error, "ABORTED")).toBe(true);
        stops.push(calls);
      }
    }
    expect.unreachable();
  });

  it("on two threads", async () => {
    const options = training({ threads: 2, model: multilayer([64, 300, 100, 3]), batches: flat(12) });
    const whole = fingerprint(await train({ ...options, evaluate: [] }));
    const store = memoryStore();
    const checkpoints = { store: failingStore(store, 2), every: 5 };
    expect(await codeOf(train({ ...options, evaluate: [], checkpoints }))).toBe("Error: stopped");
    expect(fingerprint(await train({ ...options, evaluate: [], checkpoints: { store, every: 5 } }))).toBe(
      whole,
    );
  });

  it("with units that drop", async () => {
    const model = multilayer([64, 30, 3], 1, 0.5);
    const options = training({ model, batches: flat(12), evaluate: [], seed: 3 });
    const whole = fingerprint(await train(options));
    expect(fingerprint(await train({ ...options, seed: 4 }))).not.toBe(whole);
    const store = memoryStore();
    const checkpoints = { store: failingStore(store, 2), every: 5 };
    expect(await codeOf(train({ ...options, checkpoints }))).toBe("Error: stopped");
    expect(fingerprint(await train({ ...options, checkpoints: { store, every: 5 } }))).toBe(whole);
  });

  it("in two parts, until a step and from its state", async () => {
    const options = training();
    const whole = await train(options);
    const first = await train({ ...options, until: 7 });
    expect(first.state.step).toBe(7);
    const second = await train({ ...options, from: first.state });
    expect(second.state).toEqual(whole.state);
    expect([...first.history.curve, ...second.history.curve]).toEqual(whole.history.curve);
  });

  it("that is over is read back, nothing is trained", async () => {
    const store = memoryStore();
    const options = training({ checkpoints: { store } });
    const whole = fingerprint(await train(options));
    const batches: BatchSource = { ...options.batches, batch: () => expect.unreachable() };
    expect(fingerprint(await train({ ...options, batches }))).toBe(whole);
  });
});

/** The same images in one row. */
function flat(size: number): BatchSource {
  const set = { ...images, dims: [64] };
  return batchSource(set, size);
}

describe("checkpoints", () => {
  async function finished(): Promise<{ store: CheckpointStore; options: TrainOptions }> {
    const store = memoryStore();
    const options = training({ epochs: 2, evaluate: [], checkpoints: { store, every: 5 } });
    await train(options);
    return { store, options };
  }

  it("that are damaged anywhere are passed over for the one before, and never taken", async () => {
    const { store, options } = await finished();
    const newest = (await store.read("run.safetensors", 0)) as Uint8Array;
    const whole = fingerprint(await train(options));
    const before = (await store.read("run.safetensors", 1)) as Uint8Array;
    for (let i = 0; i < 12; i++) {
      const damaged = newest.slice(0, i % 3 === 2 ? Math.floor((newest.length * i) / 12) : newest.length);
      if (i % 3 !== 2) damaged[Math.floor((newest.length * (i + 0.5)) / 12)]! ^= 1 << (i % 8);
      await store.write("run.safetensors", before);
      await store.write("run.safetensors", damaged);
      const again = await train(options);
      expect(again.resumedAt).toBe(10);
      expect(fingerprint(again)).toBe(whole);
    }
    for (const age of [0, 1]) await store.write("run.safetensors", newest.slice(age + 1));
    expect(await codeOf(train(options))).toBe("INVALID_CHECKPOINT");
  });

  it("of another run are refused", async () => {
    const { options } = await finished();
    const others: Partial<TrainOptions>[] = [
      { seed: 1 },
      { key: "other data" },
      { epochs: 3 },
      { rate: constantRate(0.04) },
      { optimiser: sgd({ momentum: 0.8, weightDecay: 1e-3 }) },
      { loss: crossEntropy({ smoothing: 0.1 }) },
      { model: convolutional(2) },
      { bindings: { N: 6 }, batches: batchSource(images, 6) },
      { frozenStatistics: true },
      { trains: (name) => name.startsWith("head") },
      { masks: new Map([["head.weight", new Uint8Array(24).fill(1)]]) },
    ];
    for (const other of others)
      expect(await codeOf(train({ ...options, ...other }))).toBe("CHECKPOINT_MISMATCH");
  });

  it("of another ε of Adam, which is in no graph, are refused", async () => {
    const store = memoryStore();
    const of = (optimiser: Optimiser): Promise<string> =>
      codeOf(train(training({ ...{ epochs: 1, evaluate: [], optimiser }, checkpoints: { store } })));
    expect(await of(adam())).toBe("null");
    expect(await of(adam({ epsilon: 1e-8 }))).toBe("null");
    expect(await of(adam({ epsilon: 1e-3 }))).toBe("CHECKPOINT_MISMATCH");
  });

  it("are safetensors files with weights, slots and masks by name", async () => {
    const { store } = await finished();
    const bytes = (await store.read("run.safetensors", 0)) as Uint8Array;
    const checkpoint = await decodeCheckpoint(bytes, host);
    expect([...checkpoint.state.tensors.keys()].sort()).toContain("velocity/conv1.weight");
    const shapes = new Map([...checkpoint.state.tensors].map(([name, { length }]) => [name, [length]]));
    const again = await decodeCheckpoint(await encodeCheckpoint(checkpoint, shapes, host), host);
    expect(again).toEqual(checkpoint);
  });
});

describe("what cannot be trained on", () => {
  const withLabels = (labels: (n: number) => number): Partial<TrainOptions> => {
    const own = batchSource(images, 12);
    return {
      evaluate: [],
      batches: {
        stepsPerEpoch: 6,
        batch: async (epoch, index): Promise<Feeds> => {
          const feeds = await own.batch(epoch, index);
          const data = BigInt64Array.from({ length: 12 }, (_, i) => BigInt(labels(i)));
          return { ...feeds, labels: { dataType: DataType.INT64, dims: [12], data } };
        },
      },
    };
  };

  it("are labels that are no class", async () => {
    for (const label of [3, -1, 255])
      expect(await codeOf(train(training(withLabels((i) => (i === 7 ? label : 0)))))).toBe("INVALID_BATCH");
    expect(await codeOf(train(training(withLabels((i) => i % 3))))).toBe("null");
  });

  it("are empty sets, batches of another size, and batches that lack something", async () => {
    const empty = { stepsPerEpoch: 0, batch: () => expect.unreachable() };
    expect(await codeOf(train(training({ batches: empty })))).toBe("INVALID_BATCH");
    expect(
      await codeOf(train(training({ evaluate: [{ name: "none", batches: 0, batch: () => ({}) }] }))),
    ).toBe("INVALID_BATCH");
    expect(await codeOf(train(training({ batches: batchSource(images, 6) })))).toBe("INVALID_BATCH");
    expect(await codeOf(train(training({ batches: flat(12) })))).toBe("INVALID_BATCH");
    const own = batchSource(images, 12);
    const unlabelled = {
      ...own,
      batch: async (epoch: number, index: number) => {
        const { input } = await own.batch(epoch, index);
        return { input } as Feeds;
      },
    };
    expect(await codeOf(train(training({ batches: unlabelled })))).toBe("INVALID_BATCH");
  });

  it("are rates that are no numbers, and two sets of one name", async () => {
    const [set] = training().evaluate ?? [];
    for (const wrong of [
      { rate: constantRate(Number.NaN), evaluate: [] },
      { rate: constantRate(-0.1), evaluate: [] },
      { evaluate: [set, set] as (typeof set & object)[] },
    ])
      expect(await codeOf(train(training(wrong)))).toBe("INVALID_OPTION");
  });

  it("are runs without length", async () => {
    for (const wrong of [
      { epochs: 0 },
      { epochs: 1.5 },
      { evaluateEvery: -1 },
      { curveEvery: 0 },
      { until: -1 },
    ])
      expect(await codeOf(train(training(wrong)))).toBe("INVALID_OPTION");
  });
});

describe("a run that diverges", () => {
  it("stops with the step, and keeps the last checkpoint in which all is finite", async () => {
    const store = memoryStore();
    const options = training({
      ...{ evaluate: [], optimiser: sgd({ momentum: 0 }), checkpoints: { store, every: 1 } },
      rate: (step) => (step < 4 ? 0.01 : 1e38),
    });
    const error = await train(options).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(isEspalierError(error, "DIVERGED")).toBe(true);
    expect((error as Error).message).toMatch(/step [567]/);
    const kept = await decodeCheckpoint((await store.read("run.safetensors", 0)) as Uint8Array, host);
    expect(kept.state.step).toBeGreaterThanOrEqual(4);
    for (const values of kept.state.tensors.values()) expect(values.every(Number.isFinite)).toBe(true);
  });

  it("by inputs that are no numbers is refused at once", async () => {
    const set = { ...images, inputs: images.inputs.map((value, i) => (i === 5 ? Number.NaN : value)) };
    expect(await codeOf(train(training({ evaluate: [], batches: batchSource(set, 12) })))).toBe("DIVERGED");
  });
});

describe("a signal", () => {
  it("that comes from a timer is heard between steps", async () => {
    const store = memoryStore();
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const options = training({ epochs: 10_000, evaluate: [], checkpoints: { store } });
    expect(await codeOf(train({ ...options, signal: controller.signal }))).toBe("ABORTED");
    expect(await store.read("run.safetensors", 0)).not.toBeNull();
  });

  it("that was raised before begins nothing", async () => {
    const batches = { stepsPerEpoch: 6, batch: () => expect.unreachable() };
    expect(await codeOf(train(training({ batches, signal: AbortSignal.abort() })))).toBe("ABORTED");
  });
});
