// Training under masks and around pruning: iterative magnitude pruning with and without rewinding, gradual masks,
// controls, fine-tuning, distillation, training from scratch.

import {
  cubic,
  keptEntries,
  layerSmallest,
  type Masks,
  modelBytes,
  seededRandom,
  shuffleMasks,
  standardDeviations,
} from "@espalier/core";
import { inferFacts, isEspalierError, type Model, readFloats } from "@espalier/ir";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import {
  constantRate,
  cosineRate,
  createTrainer,
  crossEntropy,
  distill,
  distillation,
  evaluate,
  exposeValues,
  fineTune,
  gradualMasking,
  type InitialiseParameter,
  lotteryRates,
  maskableWeights,
  memoryStore,
  type PruneIterativelyOptions,
  pruneIteratively,
  reinitialise,
  sgd,
  stepRate,
  type TrainOptions,
  type TrainResult,
  train,
  trainFromScratch,
  writeWeights,
} from "@espalier/train";
import { describe, expect, it } from "vitest";
import {
  batchOf,
  batchSource,
  clouds,
  convolutional,
  evaluationSet,
  multilayer,
} from "../training-networks.js";

const runtime = nodeRuntime({ threads: 1 });
const host = nodeHost({ cache: null });
const set = clouds(80, [10], 4, { spread: 0.6 });
const test = evaluationSet(clouds(60, [10], 4, { spread: 0.6, part: "test" }), 32);
const WEIGHTS = ["fc1.weight", "fc2.weight", "fc3.weight"];
const model = multilayer([10, 24, 12, 4]);

/** Six epochs of four steps. */
const training: TrainOptions = {
  ...{ runtime, host, model, bindings: { N: 20 }, loss: crossEntropy(), optimiser: sgd() },
  ...{ batches: batchSource(set, 20), epochs: 6, rate: cosineRate(0.1), evaluate: [test], evaluateEvery: 0 },
};

const valuesOf = (network: Model, name: string): Float32Array => {
  const facts = inferFacts(network);
  const value = [...network.graph.initializers].find((one) => one.name === name);
  return readFloats(facts.constant(value as NonNullable<typeof value>) as never);
};

/** Gaussian weights, everything else 0 or 1. */
const gaussian: InitialiseParameter = ({ name, dims }, values, random) => {
  if (name.endsWith("bn.weight")) values.fill(1);
  if (dims.length < 2) return;
  for (let i = 0; i < values.length; i++) values[i] = 0.3 * random.normal();
};

describe("other numbers in a network", () => {
  it("stand in the tensors that are named, in a copy", () => {
    const numbers = Float32Array.from({ length: 240 }, (_, i) => i);
    const before = valuesOf(model, "fc1.weight");
    const changed = writeWeights(model, new Map([["fc1.weight", numbers]]));
    expect(valuesOf(changed, "fc1.weight")).toEqual(numbers);
    expect(valuesOf(changed, "fc2.weight")).toEqual(valuesOf(model, "fc2.weight"));
    expect(valuesOf(model, "fc1.weight")).toEqual(before);
  });

  it.each([
    ["fc9.weight", 240, "UNDEFINED_VALUE"],
    ["fc1.weight", 239, "TENSOR_SIZE"],
  ])("are refused as %s of %i", (name, length, code) => {
    const weights = new Map([[name, new Float32Array(length)]]);
    expect(() => writeWeights(model, weights)).toThrow(expect.objectContaining({ code }));
  });
});

describe("iterative magnitude pruning", () => {
  const lottery: PruneIterativelyOptions = {
    ...training,
    rule: layerSmallest(lotteryRates("fc3.weight")),
    ...{ weights: WEIGHTS, rounds: 4, rewind: 0 },
  };

  it("takes 20 % of a layer in every round, 10 % of the output layer, and begins again at the initialisation", async () => {
    const seen: { masks: Masks; state: TrainResult["state"] }[] = [];
    const result = await pruneIteratively({
      ...lottery,
      onRound: (_, { masks, state }) => {
        seen.push({ masks, state });
      },
    });
    let [hidden, output] = [[240, 288], 48];
    for (const [round, { masks, state }] of seen.entries()) {
      if (round > 0) {
        hidden = hidden.map((kept) => kept - Math.round(0.2 * kept));
        output -= Math.round(0.1 * output);
      }
      const kept = [...hidden, output];
      expect([...masks.values()].map((mask) => mask.reduce((sum, keep) => sum + keep, 0))).toEqual(kept);
      expect(result.rounds[round]).toMatchObject({ round, kept: kept.reduce((a, b) => a + b), all: 576 });
      for (const name of WEIGHTS)
        for (const [i, keep] of (masks.get(name) as Uint8Array).entries()) {
          if (keep === 0) expect(state.tensors.get(name)?.[i]).toBe(0);
          // What went before does not come back.
          if (round > 0) expect(keep).toBeLessThanOrEqual(seen[round - 1]?.masks.get(name)?.[i] as number);
        }
    }
    expect(result.masks).toEqual(seen.at(-1)?.masks);
    expect(result.rounds.at(-1)?.history.evaluations.at(-1)?.accuracy).toBeGreaterThan(0.9);
  });

  it("of a round is training the initialisation under the round's masks, to the bit", async () => {
    const rounds: TrainResult[] = [];
    await pruneIteratively({
      ...lottery,
      onRound: (_, trained) => {
        rounds.push(trained);
      },
    });
    const last = rounds.at(-1) as TrainResult;
    const alone = await train({ ...training, masks: last.masks });
    expect(alone.state).toEqual(last.state);
    expect(alone.history).toEqual(last.history);
    // The masks are those of the round before's weights.
    const before = rounds.at(-2) as TrainResult;
    expect(last.masks).toEqual(lottery.rule.apply(before.state.tensors, before.masks));
  });

  it("rewinds to a later step: weights, momentum and learning rate of then", async () => {
    const rounds: TrainResult[] = [];
    await pruneIteratively({
      ...{ ...lottery, rewind: 5, rounds: 1 },
      onRound: (_, trained) => {
        rounds.push(trained);
      },
    });
    const [dense, sparse] = rounds as [TrainResult, TrainResult];
    const masks = new Map(WEIGHTS.map((name) => [name, null] as const));
    const start = (await train({ ...training, masks, until: 5 })).state;
    expect(start.step).toBe(5);
    expect((await train({ ...training, masks, from: start })).state).toEqual(dense.state);
    // By hand: one trainer, restored to step 5, masked, and stepped to the end.
    const trainer = await createTrainer({ ...training, masks: sparse.masks });
    trainer.restore(start);
    for (const [name, mask] of sparse.masks) trainer.setMask(name, mask);
    for (let step = 5; step < 24; step++)
      await trainer.train(
        await training.batches.batch(Math.floor(step / 4), step % 4),
        training.rate(step, 24),
      );
    expect(trainer.state()).toEqual(sparse.state);
    await trainer.dispose();
  });

  it("stops every round at a step of the same schedule", async () => {
    const { rounds } = await pruneIteratively({ ...lottery, rounds: 1, until: 10 });
    for (const { history } of rounds) expect([history.curve.at(-1)?.step, history.steps]).toEqual([10, 24]);
  });

  it("goes on from trained weights with thresholds and a small learning rate, as Han et al. do", async () => {
    const rounds: TrainResult[] = [];
    const { rounds: told } = await pruneIteratively({
      ...training,
      ...{ rule: standardDeviations(() => 0.5), weights: WEIGHTS, rounds: 2, rewind: "trained" },
      retrain: { epochs: 2, rate: constantRate(0.01) },
      onRound: (_, trained) => {
        rounds.push(trained);
      },
    });
    expect(told.map(({ history }) => history.steps)).toEqual([24, 8, 8]);
    const [first, second] = rounds as [TrainResult, TrainResult];
    for (const name of WEIGHTS) {
      const weights = first.state.tensors.get(name) as Float32Array;
      const mean = weights.reduce((sum, w) => sum + w, 0) / weights.length;
      const deviation = Math.sqrt(weights.reduce((sum, w) => sum + (w - mean) ** 2, 0) / weights.length);
      for (const [i, keep] of (second.masks.get(name) as Uint8Array).entries())
        expect(keep).toBe(Math.abs(weights[i] as number) > 0.5 * deviation ? 1 : 0);
    }
    // Two epochs at 0.01 from what was trained stay near it.
    const moved = second.state.tensors.get("fc1.bias") as Float32Array;
    for (const [i, w] of moved.entries())
      expect(Math.abs(w - (first.state.tensors.get("fc1.bias")?.[i] as number))).toBeLessThan(0.1);
    expect(told.at(-1)?.history.evaluations.at(-1)?.accuracy).toBeGreaterThan(0.85);
  });

  it("has rounds, and rewinds to a step that they come to", async () => {
    for (const wrong of [
      ...[-1, Number.NaN, 1.5].map((rounds) => ({ rounds })),
      ...[-1, Number.NaN, 24].map((rewind) => ({ rewind })),
      { rewind: 10, until: 10 },
    ])
      await expect(pruneIteratively({ ...lottery, ...wrong })).rejects.toThrow(/INVALID_OPTION/);
  });

  it("goes on in the round and at the step where it was stopped, to the bit", async () => {
    const short = { ...lottery, rounds: 2 };
    const whole = await pruneIteratively(short);
    const store = memoryStore();
    let writes = 0;
    const stopping = {
      read: store.read,
      write: async (name: string, bytes: Uint8Array) => {
        if (++writes % 4 === 0) throw new Error("stopped");
        await store.write(name, bytes);
      },
    };
    let stops = 0;
    for (;;) {
      const options = { ...short, checkpoints: { store: stopping, name: "lottery", every: 7 } };
      const result = await pruneIteratively(options).catch((error: Error) => {
        expect(error.message).toBe("stopped");
        return null;
      });
      if (result !== null) {
        expect(stops).toBeGreaterThan(2);
        expect(result.rounds).toEqual(whole.rounds);
        expect(result.masks).toEqual(whole.masks);
        for (const name of WEIGHTS) expect(valuesOf(result.model, name)).toEqual(valuesOf(whole.model, name));
        return;
      }
      expect(++stops).toBeLessThan(40);
    }
  });
});

describe("gradual masking", () => {
  it("is as sparse after every step as the schedule says, in each layer", async () => {
    const schedule = cubic({ final: 0.8, begin: 2, end: 20, every: 3 });
    const trainer = { zeros: [] as number[] };
    const masking = gradualMasking({ schedule, weights: WEIGHTS });
    const result = await train({
      ...training,
      masking: {
        ...masking,
        after: (step, weights, masks) => {
          const next = masking.after(step, weights, masks);
          trainer.zeros[step] = [...(next ?? masks).get("fc2.weight")!].filter((keep) => keep === 0).length;
          return next;
        },
      },
    });
    const expected = Array.from({ length: 25 }, (_, step) => {
      const changed = step < 2 ? 2 : step >= 20 ? 20 : step - ((step - 2) % 3);
      return Math.round(schedule.sparsity(changed) * 288);
    });
    expect(trainer.zeros).toEqual(expected);
    for (const [name, mask] of result.masks) {
      const zeros = mask.length - mask.reduce((sum, keep) => sum + keep, 0);
      expect(zeros).toBe(Math.round(0.8 * mask.length));
      expect(valuesOf(result.model, name).filter((w) => w === 0).length).toBe(zeros);
    }
    expect(result.history.evaluations.at(-1)).toMatchObject({ kept: keptEntries(result.masks).kept / 576 });
  });

  it("spreads over the layers by magnitude where it is told to", async () => {
    const schedule = cubic({ final: 0.5, end: 20, every: 5 });
    const { masks } = await train({
      ...training,
      masking: gradualMasking({ schedule, weights: WEIGHTS, scope: "global" }),
    });
    expect(keptEntries(masks)).toEqual({ kept: 288, all: 576 });
  });
});

describe("the controls of a ticket", () => {
  it("are its masks on other weights, and other masks as sparse", async () => {
    const masks = layerSmallest(() => 0.6).apply(
      new Map(WEIGHTS.map((name) => [name, valuesOf(model, name)])),
      new Map(WEIGHTS.map((name) => [name, new Uint8Array(valuesOf(model, name).length).fill(1)])),
    );
    const fresh = reinitialise({ model, bindings: { N: 20 }, initialise: gaussian, seed: 5 });
    const drawn = await train({ ...training, model: fresh, masks, epochs: 1 });
    const shuffled = await train({ ...training, masks: shuffleMasks(masks, 5), epochs: 1 });
    for (const { masks: kept } of [drawn, shuffled]) expect(keptEntries(kept)).toEqual(keptEntries(masks));
    expect(drawn.masks).toEqual(masks);
    expect(shuffled.masks).not.toEqual(masks);
  });
});

describe("drawing a network anew", () => {
  const options = { model: convolutional(), bindings: { N: 4 }, initialise: gaussian };

  it("fills every weight from its own sequence, and forgets what batches left", async () => {
    const batches = batchSource(clouds(24, [1, 8, 8], 3), 12);
    const trained = (
      await train({
        ...training,
        model: options.model,
        batches,
        epochs: 2,
        evaluate: [],
        bindings: { N: 12 },
      })
    ).model;
    const [fresh, again] = [trained, options.model].map((network) =>
      reinitialise({ ...options, model: network, seed: 3 }),
    ) as [Model, Model];
    for (const { name } of [...trained.graph.initializers])
      expect(valuesOf(fresh, name)).toEqual(valuesOf(again, name));
    expect([...valuesOf(fresh, "conv1.bn.running_mean")]).toEqual(new Array(6).fill(0));
    expect([...valuesOf(fresh, "conv2.bn.running_var")]).toEqual(new Array(8).fill(1));
    const random = seededRandom(3, "initialise head.weight");
    expect(valuesOf(fresh, "head.weight")[0]).toBe(Math.fround(0.3 * random.normal()));
    const other = reinitialise({ ...options, seed: 4 });
    expect(valuesOf(other, "conv1.weight")).not.toEqual(valuesOf(fresh, "conv1.weight"));
    // The network it was given is as it was.
    expect([...valuesOf(trained, "conv1.bn.running_mean")]).not.toEqual(new Array(6).fill(0));
  });

  it("trains for as many epochs, or for as much computation, as the large network", async () => {
    const small = multilayer([10, 6, 4]);
    const macs = { large: 10 * 24 + 24 * 12 + 12 * 4, small: 10 * 6 + 6 * 4 };
    const scratch = {
      ...{ ...training, model: small, epochs: 3, initialise: gaussian, rate: stepRate(0.1), large: model },
    };
    const same = await trainFromScratch({ ...scratch, budget: "epochs" });
    const longer = await trainFromScratch({ ...scratch, budget: "computation" });
    expect(same.history.steps).toBe(3 * 4);
    expect(longer.history.steps).toBe(Math.floor((3 * macs.large) / macs.small) * 4);
    // Milestones lie at a half and three quarters of the longer run.
    const rates = longer.history.curve.map(({ learningRate }) => learningRate);
    expect(rates.filter((rate) => rate === 0.1).length).toBe(Math.ceil(longer.history.steps / 2));
    // 23 to 20 of 100 are 115, though 1.15 · 100 is a little less.
    const wide = multilayer([23, 4]);
    const batches = batchSource(clouds(4, [20], 4), 4);
    const { history } = await trainFromScratch({
      ...{ ...scratch, model: multilayer([20, 4]), large: wide, epochs: 100, budget: "computation" },
      ...{ batches, bindings: { N: 4 }, evaluate: [], until: 1 },
    });
    expect(history.steps).toBe(115);
    const error = await trainFromScratch({ ...training, initialise: gaussian, budget: "computation" }).catch(
      (reason: unknown) => reason,
    );
    expect(isEspalierError(error, "INVALID_OPTION")).toBe(true);
  });
});

describe("fine-tuning", () => {
  it("goes on from the weights; zeros stay zero where they shall", async () => {
    const dense = await train(training);
    const pruned = await train({
      ...training,
      ...{ model: dense.model, epochs: 1, rate: constantRate(0) },
      masks: layerSmallest(() => 0.7).apply(
        new Map(WEIGHTS.map((name) => [name, valuesOf(dense.model, name)])),
        new Map(WEIGHTS.map((name) => [name, new Uint8Array(valuesOf(dense.model, name).length).fill(1)])),
      ),
    });
    const { optimiser: _, rate: __, epochs: ___, ...rest } = training;
    const tuned = await fineTune({ ...rest, model: pruned.model, keepZeros: true, rate: constantRate(0.01) });
    expect(tuned.history.steps).toBe(40 * 4);
    for (const name of WEIGHTS) {
      const [before, after] = [valuesOf(pruned.model, name), valuesOf(tuned.model, name)];
      for (const [i, w] of before.entries()) if (w === 0) expect(after[i]).toBe(0);
      expect(after).not.toEqual(before);
    }
    const points = tuned.history.evaluations;
    expect(points.at(-1)?.loss).toBeLessThan(points[0]?.loss as number);
    const last = (name: string) => name.startsWith("fc3");
    const part = await fineTune({ ...rest, model: pruned.model, keepZeros: true, epochs: 1, trains: last });
    expect([...part.masks.keys()]).toEqual(["fc3.weight"]);
    expect(valuesOf(part.model, "fc1.weight")).toEqual(valuesOf(pruned.model, "fc1.weight"));
    const free = await fineTune({ ...rest, model: pruned.model, epochs: 1 });
    expect(
      valuesOf(free.model, "fc1.weight").some(
        (w, i) => w !== 0 && valuesOf(pruned.model, "fc1.weight")[i] === 0,
      ),
    ).toBe(true);
  });
});

describe("distillation", () => {
  const student = multilayer([10, 6, 4], 2);
  const { loss: _, ...rest } = { ...training, model: student };

  it("is training on the teacher's logits, which the runtime computes for every batch", async () => {
    const teacher = (await train(training)).model;
    const taught = await distill({ ...rest, teacher, temperature: 3, weight: 0.7, epochs: 2 });
    // By hand: logits of the teacher for each batch, fed to the loss.
    const trainer = await createTrainer({
      ...training,
      model: student,
      loss: distillation({ temperature: 3, weight: 0.7 }),
    });
    const session = await runtime.load(modelBytes(teacher));
    for (let step = 0; step < 8; step++) {
      const feeds = await training.batches.batch(Math.floor(step / 4), step % 4);
      const { logits } = await session.run({ input: feeds.input as never });
      await trainer.train({ ...feeds, teacher: logits as never }, training.rate(step, 8));
    }
    expect(taught.state).toEqual(trainer.state());
    await session.dispose();
    await trainer.dispose();
    expect(taught.model.graph.outputs.map(({ name }) => name)).toEqual(["logits"]);
  });

  it("of features adds their mean squared difference, and hands out the network as it was", async () => {
    const names = (network: Model) => [...network.graph.nodes].map(({ outputs }) => outputs[0]?.name ?? "");
    const hidden = names(model)[1] as string;
    const teacher = (await train(training)).model;
    const twin = multilayer([10, 24, 12, 4], 9);
    const features = [{ teacher: hidden, student: hidden, weight: 5 }];
    const options = { ...training, model: twin, teacher, epochs: 1, rate: constantRate(0) };
    const [without, within] = [await distill(options), await distill({ ...options, features })];
    expect(within.model.graph.outputs.length).toBe(1);
    const [own, wanted] = await Promise.all(
      [twin, teacher].map(async (network) => {
        const session = await runtime.load(modelBytes(exposeValues(network, [hidden])));
        const { input } = await training.batches.batch(0, 0);
        const results = await session.run({ input: input as never });
        await session.dispose();
        return results[hidden]?.data as Float32Array;
      }),
    );
    const squares = (own as Float32Array).reduce((sum, x, i) => sum + (x - (wanted?.[i] as number)) ** 2, 0);
    const difference = (within.history.curve[0]?.loss as number) - (without.history.curve[0]?.loss as number);
    expect(difference).toBeCloseTo((5 * squares) / (own?.length as number), 4);
  });

  it("refuses features that are not there, and teachers with other inputs", async () => {
    const code = (work: Promise<unknown>) =>
      work.then(
        () => "done",
        (error: unknown) => isEspalierError(error) && error.code,
      );
    const features = [{ teacher: "none", student: "none", weight: 1 }];
    expect(await code(distill({ ...rest, teacher: model, features }))).toBe("UNDEFINED_VALUE");
    const other = multilayer([10, 4]);
    (other.graph.inputs[0] as { name: string }).name = "pixels";
    expect(await code(distill({ ...rest, teacher: other }))).toBe("INVALID_BATCH");
  });
});

describe("evaluating", () => {
  it("counts what a plain loop counts, whatever the batches", async () => {
    const samples = clouds(23, [10], 4, { part: "odd" });
    const scores = await Promise.all(
      [1, 5, 23].map((size) => evaluate({ runtime, model, set: evaluationSet(samples, size) })),
    );
    const [w1, b1, w2, b2, w3, b3] = ["fc1", "fc2", "fc3"].flatMap((layer) => [
      valuesOf(model, `${layer}.weight`),
      valuesOf(model, `${layer}.bias`),
    ]) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
    const layer = (x: number[], w: Float32Array, b: Float32Array) =>
      [...b].map((bias, k) =>
        x.reduce((sum, value, i) => sum + value * (w[i * b.length + k] as number), bias),
      );
    const relu = (x: number[]) => x.map((value) => Math.max(0, value));
    let [loss, right] = [0, 0];
    for (let n = 0; n < 23; n++) {
      const { input } = batchOf(samples, [n]);
      const z = layer(
        relu(layer(relu(layer([...(input as { data: Float32Array }).data], w1, b1)), w2, b2)),
        w3,
        b3,
      );
      const label = samples.labels[n] as number;
      loss += Math.log(z.reduce((sum, value) => sum + Math.exp(value), 0)) - (z[label] as number);
      if (z.indexOf(Math.max(...z)) === label) right++;
    }
    for (const { samples: count, loss: mean, accuracy } of scores) {
      expect([count, accuracy]).toEqual([23, right / 23]);
      expect(mean).toBeCloseTo(loss / 23, 5);
    }
  });
});

describe("weights that masks may lie on", () => {
  it("are matrices and filters", () => {
    expect(maskableWeights(model).map(({ name }) => name)).toEqual(WEIGHTS);
    expect(maskableWeights(convolutional()).map(({ name }) => name)).toEqual([
      "conv1.weight",
      "conv2.weight",
      "head.weight",
    ]);
  });
});
