// Several steps in one run of the runtime give what the same steps give one by one, to the bit: every weight, what the
// optimiser keeps, moving statistics, losses. And a run of training is the same however its steps are put together.

import { type Feeds, modelBytes, seededRandom } from "@espalier/core";
import { type Attribute, floatTensor, Graph, GraphBuilder, intAttribute, type Model } from "@espalier/ir";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import {
  adam,
  constantRate,
  createTrainer,
  crossEntropy,
  type Optimiser,
  sgd,
  type Trainer,
  type TrainerOptions,
  train,
} from "@espalier/train";
import { describe, expect, it } from "vitest";
import {
  batchOf,
  batchSource,
  clouds,
  convolutional,
  drawn,
  evaluationSet,
  multilayer,
} from "../training-networks.js";

const runtime = nodeRuntime({ threads: 1 });
const host = nodeHost({ cache: null });
const N = 4;

type Network = Pick<TrainerOptions, "model" | "masks"> & { readonly dims: readonly number[] };
const halfOf = (length: number): Uint8Array => {
  const random = seededRandom(5, "mask");
  return Uint8Array.from({ length }, () => (random.uniform() < 0.5 ? 1 : 0));
};
const NETWORKS: Readonly<Record<string, Network>> = {
  "convolutions with batch norm": { model: convolutional(), dims: [1, 8, 8] },
  "a pruned network with dropout": {
    ...{ model: multilayer([8, 16, 3], 1, 0.3), dims: [8] },
    masks: new Map([
      ["fc1.weight", halfOf(128)],
      ["fc2.weight", null],
    ]),
  },
  "two heads, of which one learns": { model: twoHeads(), dims: [8] },
};
/** A second head that the loss does not see, behind an If. */
function twoHeads(): Model {
  const model = multilayer([8, 6, 3]);
  const net = new GraphBuilder(model.graph);
  const hidden = [...model.graph.nodes].find(({ opType }) => opType === "Relu")?.output(0) ?? null;
  const branch = (name: string): Attribute => {
    const side = new GraphBuilder(new Graph(name));
    side.output(side.op("Gemm", [hidden, net.weight(`${name}.weight`, drawn(1, name, [6, 2]))], { name }));
    return { value: { kind: "graph", value: side.graph } };
  };
  const chosen = net.op("Less", [
    net.op("ReduceMean", [hidden], { attributes: { keepdims: intAttribute(0) } }),
    net.weight("bound", floatTensor([], [0.4])),
  ]);
  const attributes = { then_branch: branch("low"), else_branch: branch("high") };
  net.output(net.op("If", [chosen], { attributes }), "side");
  return model;
}
const OPTIMISERS: Readonly<Record<string, Optimiser>> = {
  momentum: sgd({ momentum: 0.9, weightDecay: 1e-3 }),
  adam: adam(),
};

const start = ({ model, masks }: Network, optimiser: Optimiser, stepsPerRun?: number): Promise<Trainer> =>
  createTrainer({
    ...{ runtime, model, bindings: { N }, loss: crossEntropy(), optimiser, seed: 3 },
    ...(masks === undefined ? {} : { masks }),
    ...(stepsPerRun === undefined ? {} : { stepsPerRun }),
  });

/** Batches in one pair of buffers, as a source may give them. */
function reader(dims: readonly number[]): (step: number) => Feeds {
  const shared = new Map<string, Feeds[string]>();
  return (step) => {
    const read = batchOf(clouds(N, dims, 3, { part: `step ${step}` }), [0, 1, 2, 3]);
    for (const [name, tensor] of Object.entries(read)) {
      const buffer = shared.get(name)?.data as Float32Array | undefined;
      if (buffer === undefined) shared.set(name, tensor);
      else buffer.set(tensor.data as Float32Array);
    }
    return Object.fromEntries(shared);
  };
}
const rateOf = (step: number): number => 0.05 / (1 + step);

describe("steps in one run", () => {
  for (const [network, one] of Object.entries(NETWORKS))
    for (const [name, optimiser] of Object.entries(OPTIMISERS))
      it(`of ${network}, ${name}, are the steps one by one`, async () => {
        const [single, blocks] = [await start(one, optimiser), await start(one, optimiser, 5)];
        const read = reader(one.dims);
        const losses = [];
        for (let step = 0; step < 12; step++) losses.push(await single.train(read(step), rateOf(step)));
        const together = [];
        for (const count of [1, 5, 2, 3])
          together.push(
            ...(await blocks.trainSteps(count, (step) => ({
              batch: read(step),
              learningRate: rateOf(step),
            }))),
          );
        together.push(await blocks.train(read(11), rateOf(11)));
        expect(together).toEqual(losses);
        expect(blocks.state()).toEqual(single.state());
        expect(modelBytes(blocks.model())).toEqual(modelBytes(single.model()));
        expect(blocks.graph.bytes).toEqual(single.graph.bytes);
        await single.dispose();
        await blocks.dispose();
      });

  it("end before the one whose loss is no number, which is refused then", async () => {
    const one = NETWORKS["convolutions with batch norm"] as Network;
    const [single, blocks] = [await start(one, sgd()), await start(one, sgd(), 8)];
    const read = reader(one.dims);
    const plan = (step: number) => {
      const batch = read(step);
      if (step === 3) (batch.input as { data: Float32Array }).data[7] = Number.NaN;
      return { batch, learningRate: 0.1 };
    };
    const losses = [];
    for (let step = 0; step < 3; step++) losses.push(await single.train(plan(step).batch, 0.1));
    expect(await blocks.trainSteps(8, plan)).toEqual(losses);
    expect(blocks.state()).toEqual(single.state());
    await expect(blocks.trainSteps(2, plan)).rejects.toThrow(/DIVERGED.*in step 4/);
    expect(blocks.state()).toEqual(single.state());
    expect(await blocks.train(read(3), 0.1)).toEqual(await single.train(read(3), 0.1));
    await single.dispose();
    await blocks.dispose();
  });

  it("are as many as the trainer was made for, and none is done where one cannot be", async () => {
    const one = NETWORKS["a pruned network with dropout"] as Network;
    for (const count of [0, -1, 1.5, Number.NaN])
      await expect(start(one, sgd(), count)).rejects.toThrow(/INVALID_OPTION.*stepsPerRun/);
    const trainer = await start(one, sgd(), 2);
    const before = trainer.state();
    const read = reader(one.dims);
    const plan = (step: number) => ({ batch: read(step), learningRate: 0.1 });
    for (const count of [0, 3, 1.5])
      await expect(trainer.trainSteps(count, plan)).rejects.toThrow(/INVALID_OPTION.*count.*1 to 2/);
    const wrong = (step: number) => (step === 0 ? plan(0) : { ...plan(1), learningRate: -1 });
    await expect(trainer.trainSteps(2, wrong)).rejects.toThrow(/INVALID_OPTION.*step 2/);
    expect(trainer.state()).toEqual(before);
    await trainer.dispose();
  });
});

describe("a run", () => {
  /** A clock by which a step takes so many milliseconds. */
  const clock = (ms: () => number) => {
    let now = 0;
    return { ...host, now: () => (now += ms()) };
  };

  it("is the same at any pace", async () => {
    const images = clouds(72, [1, 8, 8], 3, { spread: 2 });
    const of = async (ms: () => number) => {
      let loads = 0;
      const events: number[] = [];
      const result = await train({
        ...{
          runtime: countingRuns(() => loads++),
          host: clock(ms),
          model: convolutional(),
          bindings: { N: 12 },
        },
        ...{ loss: crossEntropy(), optimiser: adam(), batches: batchSource(images, 12), epochs: 4 },
        ...{ rate: constantRate(0.01), evaluateEvery: 7, until: 23 },
        evaluate: [evaluationSet(clouds(30, [1, 8, 8], 3, { part: "test" }), 12)],
        onProgress: ({ phase, done }) => phase === "train" && events.push(done),
      });
      expect(events).toEqual(Array.from({ length: 23 }, (_, i) => i + 1));
      return { loads, text: JSON.stringify([result.history, [...result.state.tensors]]) };
    };
    const random = seededRandom(1, "pace");
    const [slow, fast, uneven] = [
      await of(() => 1000),
      await of(() => 0.1),
      await of(() => 30 * random.uniform()),
    ];
    expect(fast.text).toBe(slow.text);
    expect(uneven.text).toBe(slow.text);
    // Evaluations are at 0, 7, 14 and 21, checkpoints would be at 6, 12, 18: at most 23 runs, and far fewer at a fast pace.
    expect(fast.loads).toBeLessThan(slow.loads / 2);
  });

  /** The runtime, which tells of each run of a graph that gives a loss. */
  function countingRuns(onRun: () => void): typeof runtime {
    return {
      ...runtime,
      load: async (...given) => {
        const session = await runtime.load(...given);
        return {
          ...session,
          run: (feeds, fetches, into) => {
            if (fetches?.includes("loss")) onRun();
            return session.run(feeds, fetches, into);
          },
        };
      },
    };
  }
});
