// Single steps against closed forms: every optimiser and loss against plain loops in float64 on networks small enough to
// write their gradients down, and masks after every step.

import { type Feeds, seededRandom } from "@espalier/core";
import { DataType, floatTensor, GraphBuilder, isEspalierError, type Model, readFloats } from "@espalier/ir";
import { nodeRuntime } from "@espalier/runtime-node";
import {
  adam,
  adamW,
  createTrainer,
  crossEntropy,
  distillation,
  type Loss,
  meanSquaredError,
  type Optimiser,
  sgd,
  type Trainer,
} from "@espalier/train";
import { describe, expect, it } from "vitest";
import { batchOf, clouds, convolutional, drawn, logistic, multilayer } from "../training-networks.js";

const runtime = nodeRuntime({ threads: 1 });
const [SAMPLES, FEATURES, CLASSES] = [6, 5, 4];
const RATES = [0.1, 0.1, 0.05, 0.2, 0.1, 0.02, 0.1, 0.1, 0.3, 0.1];

/** Weights of the logistic network as numbers: w row-major [features, classes], then b. */
type Weights = number[];
const initial = (model: Model): Weights =>
  [...model.graph.initializers].flatMap(({ initializer }) =>
    initializer === null ? [] : [...readFloats(initializer)],
  );

function batch(step: number): { feeds: Feeds; x: number[]; labels: number[] } {
  const random = seededRandom(7, `batch ${step}`);
  const data = Float32Array.from({ length: SAMPLES * FEATURES }, () => random.normal());
  const labels = Array.from({ length: SAMPLES }, () => random.integer(0, CLASSES - 1));
  return {
    x: [...data],
    labels,
    feeds: {
      input: { dataType: DataType.FLOAT, dims: [SAMPLES, FEATURES], data },
      labels: { dataType: DataType.INT64, dims: [SAMPLES], data: BigInt64Array.from(labels, BigInt) },
    },
  };
}

/** log softmax of each row of z/T. */
function logSoftmax(z: readonly number[], classes: number, temperature = 1): number[] {
  const out: number[] = [];
  for (let i = 0; i < z.length; i += classes) {
    const row = z.slice(i, i + classes).map((value) => value / temperature);
    const largest = Math.max(...row);
    const sum = row.reduce((all, value) => all + Math.exp(value - largest), 0);
    out.push(...row.map((value) => value - largest - Math.log(sum)));
  }
  return out;
}

function logitsOf(weights: Weights, x: readonly number[]): number[] {
  return Array.from({ length: SAMPLES * CLASSES }, (_, at) => {
    const [n, k] = [Math.floor(at / CLASSES), at % CLASSES];
    let sum = weights[FEATURES * CLASSES + k] as number;
    for (let f = 0; f < FEATURES; f++)
      sum += (x[n * FEATURES + f] as number) * (weights[f * CLASSES + k] as number);
    return sum;
  });
}

/** Cross-entropy and its gradient by the weights. */
function crossEntropyOf(weights: Weights, x: readonly number[], labels: readonly number[]) {
  const logs = logSoftmax(logitsOf(weights, x), CLASSES);
  const gradient = new Array<number>(weights.length).fill(0);
  let loss = 0;
  for (let n = 0; n < SAMPLES; n++) {
    loss -= (logs[n * CLASSES + (labels[n] as number)] as number) / SAMPLES;
    for (let k = 0; k < CLASSES; k++) {
      const d = (Math.exp(logs[n * CLASSES + k] as number) - (labels[n] === k ? 1 : 0)) / SAMPLES;
      for (let f = 0; f < FEATURES; f++)
        (gradient[f * CLASSES + k] as number) += d * (x[n * FEATURES + f] as number);
      (gradient[FEATURES * CLASSES + k] as number) += d;
    }
  }
  return { loss, gradient };
}

/** One weight after one step; `kept` is what the rule keeps for it. */
type Rule = (w: number, g: number, kept: number[], step: number, rate: number) => number;

const sgdRule =
  (momentum: number, decay: number, nesterov: boolean): Rule =>
  (w, g, kept, _, rate) => {
    const pull = g + decay * w;
    kept[0] = momentum * (kept[0] ?? 0) + pull;
    return w - rate * (nesterov ? pull + momentum * kept[0] : kept[0]);
  };
const adamRule =
  (beta1: number, beta2: number, epsilon: number, decay: number, decoupled: boolean): Rule =>
  (w, g, kept, step, rate) => {
    const pull = decoupled ? g : g + decay * w;
    kept[0] = beta1 * (kept[0] ?? 0) + (1 - beta1) * pull;
    kept[1] = beta2 * (kept[1] ?? 0) + (1 - beta2) * pull * pull;
    const mean = kept[0] / (1 - beta1 ** step);
    const square = kept[1] / (1 - beta2 ** step);
    return w - rate * (mean / (Math.sqrt(square) + epsilon) + (decoupled ? decay * w : 0));
  };

const cases: readonly [name: string, optimiser: Optimiser, rule: Rule][] = [
  ["sgd", sgd({ momentum: 0 }), sgdRule(0, 0, false)],
  ["sgd with weight decay", sgd({ momentum: 0, weightDecay: 0.1 }), sgdRule(0, 0.1, false)],
  ["momentum", sgd({ momentum: 0.9, weightDecay: 0.01 }), sgdRule(0.9, 0.01, false)],
  ["nesterov", sgd({ momentum: 0.8, weightDecay: 0.01, nesterov: true }), sgdRule(0.8, 0.01, true)],
  ["adam", adam(), adamRule(0.9, 0.999, 1e-8, 0, false)],
  [
    "adam with weight decay",
    adam({ beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.05 }),
    adamRule(0.8, 0.95, 1e-3, 0.05, false),
  ],
  ["adamW", adamW({ weightDecay: 0.1 }), adamRule(0.9, 0.999, 1e-8, 0.1, true)],
];

const trainerOf = (
  optimiser: Optimiser,
  more: Partial<Parameters<typeof createTrainer>[0]> = {},
): Promise<Trainer> =>
  createTrainer({
    ...{ runtime, model: logistic(FEATURES, CLASSES), bindings: { N: SAMPLES } },
    ...{ loss: crossEntropy(), optimiser },
    ...more,
  });

const flat = (trainer: Trainer): number[] =>
  ["w", "b"].flatMap((name) => [...(trainer.weights().get(name) as Float32Array)]);

describe("an optimiser follows its closed form", () => {
  for (const [name, optimiser, rule] of cases)
    it(name, async () => {
      const trainer = await trainerOf(optimiser);
      let expected = initial(logistic(FEATURES, CLASSES));
      const kept: number[][] = expected.map(() => []);
      for (const [i, rate] of RATES.entries()) {
        const { feeds, x, labels } = batch(i);
        const { loss, gradient } = crossEntropyOf(expected, x, labels);
        const result = await trainer.train(feeds, rate);
        expect(result.loss).toBeCloseTo(loss, 5);
        const logits = logitsOf(expected, x);
        const right = labels.filter((label, n) => {
          const row = logits.slice(n * CLASSES, (n + 1) * CLASSES);
          return row.indexOf(Math.max(...row)) === label;
        });
        expect(result.correct).toBe(right.length);
        expected = expected.map((w, j) => rule(w, gradient[j] as number, kept[j] as number[], i + 1, rate));
        for (const [j, w] of flat(trainer).entries())
          expect(Math.abs(w - (expected[j] as number))).toBeLessThan(2e-5);
      }
      await trainer.dispose();
    });

  it("on a quadratic, whose minimum is known", async () => {
    const net = new GraphBuilder();
    const w = net.weight("w", floatTensor([3], [4, -2, 1]));
    net.output(net.op("Mul", [net.input("input", ["N", 3]), w]), "y");
    const trainer = await createTrainer({
      ...{ runtime, model: net.model(), bindings: { N: 1 }, loss: meanSquaredError() },
      optimiser: sgd({ momentum: 0 }),
    });
    const tensor = (data: number[]) => ({
      ...{ dataType: DataType.FLOAT, dims: [1, 3], data: Float32Array.from(data) },
    });
    // loss = mean (w − t)², so w − t shrinks by 1 − 2η/3 in every step.
    const target = [1, 2, 3];
    for (let step = 1; step <= 5; step++) {
      const { loss, correct } = await trainer.train(
        { input: tensor([1, 1, 1]), targets: tensor(target) },
        0.3,
      );
      const before = 0.8 ** (step - 1);
      expect(loss).toBeCloseTo(((9 + 16 + 4) / 3) * before ** 2, 4);
      expect(correct).toBeNull();
      const own = [...(trainer.weights().get("w") as Float32Array)];
      for (const [i, first] of [4, -2, 1].entries())
        expect(own[i]).toBeCloseTo((target[i] as number) + 0.8 ** step * (first - (target[i] as number)), 5);
    }
    await trainer.dispose();
  });

  it("leaves alone what it shall not train or decay", async () => {
    const trainer = await trainerOf(sgd({ momentum: 0, weightDecay: 0.5 }), {
      decays: (_, dims) => dims.length > 1,
      trains: (name) => name === "b",
    });
    expect(trainer.parameters.map(({ name }) => name)).toEqual(["b"]);
    const { feeds, x, labels } = batch(0);
    await trainer.train(feeds, 0.1);
    const before = initial(logistic(FEATURES, CLASSES));
    const { gradient } = crossEntropyOf(before, x, labels);
    for (const [k, b] of (trainer.weights().get("b") as Float32Array).entries()) {
      const at = FEATURES * CLASSES + k;
      expect(b).toBeCloseTo((before[at] as number) - 0.1 * (gradient[at] as number), 6);
    }
    const stored = [...trainer.model().graph.initializers].find(({ name }) => name === "w")?.initializer;
    expect([...readFloats(stored as NonNullable<typeof stored>)]).toEqual(
      before.slice(0, FEATURES * CLASSES),
    );
    await trainer.dispose();
  });
});

describe("moving statistics", () => {
  it("go a tenth of the way to those of each batch, the variance with divisor n − 1", async () => {
    const [channels, positions, momentum] = [3, 4, 0.9];
    const net = new GraphBuilder();
    const parts = [1, 0, 0.5, 2].map((value, i) =>
      net.weight(`bn.${i}`, floatTensor([channels], new Array(channels).fill(value))),
    );
    const x = net.input("input", ["N", channels, positions]);
    const y = net.op("BatchNormalization", [x, ...parts]);
    const pooled = net.op("GlobalAveragePool", [y]);
    net.output(net.op("Reshape", [pooled, net.ints("shape", [0, channels])]), "logits");
    const model = net.model();
    const trainer = await trainerOf(sgd(), { model });
    const random = seededRandom(5);
    const [means, variances] = [new Array<number>(channels).fill(0.5), new Array<number>(channels).fill(2)];
    for (let step = 0; step < 3; step++) {
      const dims = [SAMPLES, channels, positions];
      const data = Float32Array.from({ length: SAMPLES * channels * positions }, () => 3 + random.normal());
      const labels = new BigInt64Array(SAMPLES);
      await trainer.train(
        {
          input: { dataType: DataType.FLOAT, dims, data },
          labels: { dataType: DataType.INT64, dims: [SAMPLES], data: labels },
        },
        0.1,
      );
      for (let c = 0; c < channels; c++) {
        const seen = [...data].filter((_, i) => Math.floor(i / positions) % channels === c);
        const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
        const spread = seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (seen.length - 1);
        means[c] = momentum * (means[c] as number) + (1 - momentum) * mean;
        variances[c] = momentum * (variances[c] as number) + (1 - momentum) * spread;
        const { tensors } = trainer.state();
        expect(tensors.get("bn.2")?.[c]).toBeCloseTo(means[c] as number, 5);
        expect(tensors.get("bn.3")?.[c]).toBeCloseTo(variances[c] as number, 5);
      }
    }
    await trainer.dispose();
  });
});

describe("statistics that several operators read", () => {
  /** input [N, 3] → batch norm, its statistics behind Identities where `copied` → batch norm again where `twice` → logits */
  function normalised({ copied = false, twice = false }): Model {
    const net = new GraphBuilder();
    const parts = [1, 0, 0.5, 2].map((value, i) =>
      net.weight(`bn.${i}`, floatTensor([3], new Array(3).fill(value))),
    );
    const read = parts.map((part, i) => (copied && i > 1 ? net.op("Identity", [part]) : part));
    const x = net.op("BatchNormalization", [net.input("input", ["N", 3]), ...read]);
    net.output(twice ? net.op("BatchNormalization", [x, ...read]) : x, "logits");
    return net.model();
  }
  const feeds: Feeds = {
    input: { dataType: DataType.FLOAT, dims: [2, 3], data: Float32Array.of(1, 2, 3, 3, 6, -3) },
    labels: { dataType: DataType.INT64, dims: [2], data: BigInt64Array.of(0n, 2n) },
  };
  const options = { bindings: { N: 2 }, optimiser: sgd({ momentum: 0 }) };

  it("move where they are stored, behind an Identity too", async () => {
    const trainers = await Promise.all(
      [false, true].map((copied) => trainerOf(sgd(), { ...options, model: normalised({ copied }) })),
    );
    for (const trainer of trainers) await trainer.train(feeds, 0.1);
    const [plain, copied] = trainers.map((trainer) => trainer.state().tensors);
    expect(copied).toEqual(plain);
    for (const [i, mean] of [0.65, 0.85, 0.45].entries())
      expect(plain?.get("bn.2")?.[i]).toBeCloseTo(mean, 6);
    for (const trainer of trainers) await trainer.dispose();
  });

  it("cannot follow two of them; frozen they may be shared", async () => {
    const model = normalised({ twice: true });
    const error = await trainerOf(sgd(), { ...options, model }).catch((reason: unknown) => reason);
    expect(isEspalierError(error, "UNSUPPORTED")).toBe(true);
    expect((error as Error).message).toContain("moved by several operators");
    const trainer = await trainerOf(sgd(), { ...options, model, frozenStatistics: true });
    await trainer.train(feeds, 0.1);
    await trainer.dispose();
  });
});

describe("weights that the loss does not depend on", () => {
  /** A second head beside the logits. */
  function twoHeads(): Model {
    const net = new GraphBuilder();
    const x = net.input("input", ["N", FEATURES]);
    for (const name of ["w", "aside"])
      net.output(net.op("MatMul", [x, net.weight(name, drawn(1, name, [FEATURES, CLASSES]))]));
    return net.model();
  }

  it("stay as they are, decay or not, and under their masks", async () => {
    const model = twoHeads();
    const [, aside] = [...model.graph.initializers].map(({ initializer }) => [
      ...readFloats(initializer as NonNullable<typeof initializer>),
    ]) as [number[], number[]];
    const mask = Uint8Array.from(aside, (_, i) => Number(i > 3));
    for (const optimiser of [sgd({ weightDecay: 0.1 }), adamW({ weightDecay: 0.1 })])
      for (const masks of [new Map(), new Map([["aside", mask]])]) {
        const trainer = await trainerOf(optimiser, { model, masks });
        const first = [...(trainer.weights().get("w") as Float32Array)];
        for (let step = 0; step < 2; step++) await trainer.train(batch(step).feeds, 0.1);
        expect([...(trainer.weights().get("w") as Float32Array)]).not.toEqual(first);
        expect([...(trainer.weights().get("aside") as Float32Array)]).toEqual(
          masks.size === 0 ? aside : aside.map((w, i) => (i > 3 ? w : 0)),
        );
        expect([...trainer.state().tensors.keys()].some((name) => /.+\/aside/.test(name))).toBe(false);
        await trainer.dispose();
      }
  });

  it("are nothing to train", async () => {
    const error = await trainerOf(sgd(), { model: twoHeads(), trains: (name) => name === "aside" }).catch(
      (reason: unknown) => reason,
    );
    expect(isEspalierError(error, "NOTHING_TO_TRAIN")).toBe(true);
  });
});

describe("settings that make no sense are refused at once", () => {
  it.each<[string, () => unknown]>([
    ["a momentum of NaN", () => sgd({ momentum: Number.NaN })],
    ["a momentum of 1", () => sgd({ momentum: 1 })],
    ["a negative weight decay", () => sgd({ weightDecay: -1 })],
    ["a weight decay of NaN", () => adam({ weightDecay: Number.NaN })],
    ["a β₁ of 1", () => adam({ beta1: 1 })],
    ["a β₂ of 1", () => adamW({ beta2: 1 })],
    ["a negative ε", () => adamW({ epsilon: -1e-8 })],
  ])("%s", (_, make) => expect(make).toThrow(/INVALID_OPTION/));

  it("rates that are no number from 0 on, and masks of other entries than 0 and 1", async () => {
    const size = FEATURES * CLASSES;
    const trainer = await trainerOf(sgd(), { masks: new Map([["w", null]]) });
    const before = flat(trainer);
    for (const rate of [Number.NaN, -0.1, Number.POSITIVE_INFINITY])
      await expect(trainer.train(batch(0).feeds, rate)).rejects.toThrow(/INVALID_OPTION/);
    expect(() => trainer.setMask("w", new Uint8Array(size).fill(2))).toThrow(/INVALID_OPTION.*found 2/);
    expect([trainer.step, flat(trainer)]).toEqual([0, before]);
    await trainer.dispose();
  });
});

describe("frozen statistics", () => {
  it("stay, while every weight learns: past pools too", async () => {
    const trainer = await createTrainer({
      ...{ runtime, model: convolutional(), bindings: { N: 4 }, loss: crossEntropy() },
      ...{ optimiser: sgd({ momentum: 0 }), frozenStatistics: true },
    });
    expect([...trainer.state().tensors.keys()].some((name) => name.includes("running"))).toBe(false);
    const before = trainer.state().tensors;
    await trainer.train(batchOf(clouds(4, [1, 8, 8], 3), [0, 1, 2, 3]), 0.1);
    for (const [name, values] of trainer.state().tensors) expect(values, name).not.toEqual(before.get(name));
    await trainer.dispose();
  });
});

describe("masked weights are exactly zero after every step", () => {
  const model = multilayer([FEATURES, 7, CLASSES]);
  for (const [name, optimiser] of cases)
    it(name, async () => {
      const random = seededRandom(3, name);
      const drawn = (length: number) => Uint8Array.from({ length }, () => (random.uniform() < 0.5 ? 1 : 0));
      let mask = drawn(7 * FEATURES);
      const trainer = await trainerOf(optimiser, {
        model,
        masks: new Map([
          ["fc1.weight", mask],
          ["fc2.weight", null],
        ]),
      });
      const check = () => {
        const weights = trainer.weights();
        for (const [i, w] of (weights.get("fc1.weight") as Float32Array).entries())
          if (mask[i] === 0) expect(Object.is(w, 0) || Object.is(w, -0)).toBe(true);
          else expect(w).not.toBe(0);
        expect((weights.get("fc2.weight") as Float32Array).every((w) => w !== 0)).toBe(true);
      };
      check();
      for (let step = 0; step < 8; step++) {
        if (step === 4) {
          // In the middle of the run more go, and none comes back by momentum.
          mask = mask.map((keep, i) => (i % 3 === 0 ? 0 : keep));
          trainer.setMask("fc1.weight", mask);
          check();
        }
        await trainer.train(batch(step).feeds, 0.05);
        check();
      }
      await trainer.dispose();
    });

  it("and the others go as if the masked inputs were not there", async () => {
    // Features 1 and 3 masked: the same as a network without them.
    const gone = (i: number) => [1, 3].includes(Math.floor(i / CLASSES));
    const mask = Uint8Array.from({ length: FEATURES * CLASSES }, (_, i) => (gone(i) ? 0 : 1));
    const trainer = await trainerOf(sgd({ momentum: 0.9 }), { masks: new Map([["w", mask]]) });
    let expected = initial(logistic(FEATURES, CLASSES)).map((w, i) => (mask[i] === 0 ? 0 : w));
    const kept: number[][] = expected.map(() => []);
    const rule = sgdRule(0.9, 0, false);
    for (let step = 0; step < 6; step++) {
      const { feeds, x, labels } = batch(step);
      const { gradient } = crossEntropyOf(expected, x, labels);
      await trainer.train(feeds, 0.1);
      expected = expected.map((w, j) =>
        mask[j] === 0 ? 0 : rule(w, gradient[j] as number, kept[j] as number[], step + 1, 0.1),
      );
    }
    for (const [j, w] of flat(trainer).entries()) expect(w).toBeCloseTo(expected[j] as number, 5);
    await trainer.dispose();
  });

  it("and no mask is taken that fits no masked weight", async () => {
    const code = async (masks: Map<string, Uint8Array>) =>
      trainerOf(sgd(), { masks }).then(
        () => "taken",
        (error: unknown) => isEspalierError(error) && error.code,
      );
    expect(await code(new Map([["w", new Uint8Array(3)]]))).toBe("INVALID_OPTION");
    expect(await code(new Map([["none", new Uint8Array(3)]]))).toBe("INVALID_OPTION");
    const trainer = await trainerOf(sgd());
    expect(() => trainer.setMask("w", new Uint8Array(FEATURES * CLASSES))).toThrow(/INVALID_OPTION/);
    await trainer.dispose();
  });
});

/** The loss of the untrained logistic network on the first batch; with `maps` its logits are [N, K, 1, 1]. */
async function lossOf(loss: Loss, extra: Feeds = {}, maps = false): Promise<number> {
  const model = logistic(FEATURES, CLASSES, 1, maps);
  const trainer = await trainerOf(sgd(), { loss, model });
  const { loss: value } = await trainer.train({ ...batch(0).feeds, ...extra }, 0);
  await trainer.dispose();
  return value;
}

describe("losses are what plain loops say", () => {
  const { x, labels } = batch(0);
  const logs = logSoftmax(logitsOf(initial(logistic(FEATURES, CLASSES)), x), CLASSES);

  it("cross-entropy with smoothed labels", async () => {
    for (const smoothing of [0, 0.1, 0.6, 1]) {
      let expected = 0;
      for (const [i, log] of logs.entries()) {
        const hit = labels[Math.floor(i / CLASSES)] === i % CLASSES;
        expected -= (log * (smoothing / CLASSES + (hit ? 1 - smoothing : 0))) / SAMPLES;
      }
      for (const maps of [false, true])
        expect(await lossOf(crossEntropy({ smoothing }), {}, maps)).toBeCloseTo(expected, 5);
    }
  });

  it.each([
    ["[N, K]", []],
    ["[N, K, 1, 1]", [1, 1]],
  ])("distillation of logits %s at several temperatures and shares", async (_, behind) => {
    const random = seededRandom(11);
    const teacher = Float32Array.from({ length: SAMPLES * CLASSES }, () => 2 * random.normal());
    const feeds: Feeds = {
      teacher: { dataType: DataType.FLOAT, dims: [SAMPLES, CLASSES, ...behind], data: teacher },
    };
    const hard = labels.reduce((sum, label, n) => sum - (logs[n * CLASSES + label] as number) / SAMPLES, 0);
    const own = logitsOf(initial(logistic(FEATURES, CLASSES)), x);
    for (const [temperature, weight] of [
      [1, 1],
      [4, 0.9],
      [2, 0.3],
      [10, 0],
    ] as const) {
      const z = logSoftmax(own, CLASSES, temperature);
      const t = logSoftmax([...teacher], CLASSES, temperature);
      const divergence =
        t.reduce((sum, log, i) => sum + Math.exp(log) * (log - (z[i] as number)), 0) / SAMPLES;
      const expected = weight * temperature ** 2 * divergence + (1 - weight) * hard;
      const loss = distillation({ temperature, weight });
      expect(await lossOf(loss, feeds, behind.length > 0)).toBeCloseTo(expected, 4);
    }
  });

  it("distillation from a teacher that says the same is without its part", async () => {
    const data = Float32Array.from(logitsOf(initial(logistic(FEATURES, CLASSES)), x));
    const feeds: Feeds = { teacher: { dataType: DataType.FLOAT, dims: [SAMPLES, CLASSES], data } };
    expect(await lossOf(distillation({ weight: 1 }), feeds)).toBeCloseTo(0, 5);
  });
});
