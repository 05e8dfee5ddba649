// Several steps in one call of the runtime give what the same steps give one by one, to the bit: every weight, what the
// optimiser keeps, moving statistics, losses.

import { type Feeds, modelBytes, seededRandom } from "@espalier/core";
import {
  type Attribute,
  floatTensor,
  Graph,
  GraphBuilder,
  intAttribute,
  intsAttribute,
  type Model,
} from "@espalier/ir";
import { nodeRuntime } from "@espalier/runtime-node";
import {
  adam,
  createTrainer,
  crossEntropy,
  type Optimiser,
  type PlannedStep,
  sgd,
  type Trainer,
  type TrainerOptions,
} from "@espalier/train";
import { describe, expect, it } from "vitest";
import { batchOf, clouds, convolutional, drawn, multilayer } from "../training-networks.js";

const runtime = nodeRuntime({ threads: 1 });
type Network = Pick<TrainerOptions, "model" | "masks"> & {
  readonly dims: readonly number[];
  /** Samples in a batch; 4 where nothing is said. */
  readonly N?: number;
};
const halfOf = (length: number): Uint8Array => {
  const random = seededRandom(5, "mask");
  return Uint8Array.from({ length }, () => (random.uniform() < 0.5 ? 1 : 0));
};
/** The mean of a whole image is taken off it: a sum over what is fed. */
function centred(): Model {
  const net = new GraphBuilder();
  const x = net.input("input", ["N", 1, 5, 5]);
  const mean = net.op("ReduceMean", [x], { attributes: { axes: intsAttribute([1, 2, 3]) } });
  const flat = net.op("Flatten", [net.op("Sub", [x, mean])], { attributes: { axis: intAttribute(1) } });
  net.output(net.op("MatMul", [flat, net.weight("w", drawn(1, "w", [25, 3]))]), "logits");
  return net.model();
}

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
  "a weight that only its mask touches": {
    model: besides(),
    dims: [8],
    masks: new Map([["aside", halfOf(16)]]),
  },
  "sums over a whole batch, whose slices lie anywhere": { model: centred(), dims: [1, 5, 5], N: 3 },
};
/** A second head that the loss does not see. */
function besides(): Model {
  const model = multilayer([8, 6, 3]);
  const net = new GraphBuilder(model.graph);
  net.output(
    net.op("MatMul", [model.graph.inputs[0] ?? null, net.weight("aside", drawn(1, "aside", [8, 2]))]),
  );
  return model;
}

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

const start = (
  { model, masks, N = 4 }: Network,
  optimiser: Optimiser,
  stepsPerRun?: number,
): Promise<Trainer> =>
  createTrainer({
    ...{ runtime, model, bindings: { N }, loss: crossEntropy(), optimiser, seed: 3 },
    ...(masks === undefined ? {} : { masks }),
    ...(stepsPerRun === undefined ? {} : { stepsPerRun }),
  });

/** Batches in one pair of buffers, as a source may give them. */
function reader({ dims, N = 4 }: Network): (step: number) => Feeds {
  const shared = new Map<string, Feeds[string]>();
  return (step) => {
    const read = batchOf(clouds(N, dims, 3, { part: `step ${step}` }), [0, 1, 2, 3].slice(0, N));
    for (const [name, tensor] of Object.entries(read)) {
      const buffer = shared.get(name)?.data as Float32Array | undefined;
      if (buffer === undefined) shared.set(name, tensor);
      else buffer.set(tensor.data as Float32Array);
    }
    return Object.fromEntries(shared);
  };
}
const rateOf = (step: number): number => 0.05 / (1 + step);

describe("steps in one call", () => {
  for (const [network, one] of Object.entries(NETWORKS))
    for (const [name, optimiser] of Object.entries(OPTIMISERS))
      it(`of ${network}, ${name}, are the steps one by one`, async () => {
        const [single, blocks] = [await start(one, optimiser), await start(one, optimiser, 5)];
        const read = reader(one);
        const losses = [];
        for (let step = 0; step < 12; step++) losses.push(await single.train(read(step), rateOf(step)));
        const together = [];
        const plan = (step: number) => ({ batch: read(step), learningRate: rateOf(step) });
        for (const count of [1, 5, 2, 3]) together.push(...(await blocks.trainSteps(count, plan)));
        while (together.length < 12)
          together.push(await blocks.train(read(blocks.step), rateOf(blocks.step)));
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
    const read = reader(one);
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

  it("end before the one that cannot be done, which is refused then", async () => {
    const one = NETWORKS["a pruned network with dropout"] as Network;
    const whole = { ...reader(one)(0) };
    const short = { ...whole, input: { ...whole.input, data: new Float32Array(31) } } as Feeds;
    const wide = { ...whole, input: { ...whole.input, data: new Float64Array(32) } } as Feeds;
    const bad: [refusal: RegExp, plan: () => PlannedStep | Promise<PlannedStep>][] = [
      [/INVALID_BATCH.*Float32Array of 31 for 32/, () => ({ batch: short, learningRate: 0.1 })],
      [/INVALID_BATCH.*Float64Array of 32/, () => ({ batch: wide, learningRate: 0.1 })],
      [/INVALID_OPTION.*step 3/, () => ({ batch: whole, learningRate: Number.NaN })],
      [/the source is gone/, () => Promise.reject(new Error("the source is gone"))],
    ];
    for (const [refusal, third] of bad) {
      const [single, blocks] = [await start(one, adam()), await start(one, adam(), 5)];
      const read = reader(one);
      const plan = (step: number) => (step === 2 ? third() : { batch: read(step), learningRate: 0.1 });
      const losses = [await single.train(read(0), 0.1), await single.train(read(1), 0.1)];
      expect(await blocks.trainSteps(5, plan)).toEqual(losses);
      await expect(blocks.trainSteps(2, plan)).rejects.toThrow(refusal);
      expect(blocks.state()).toEqual(single.state());
      expect(await blocks.train(read(2), 0.1)).toEqual(await single.train(read(2), 0.1));
      await single.dispose();
      await blocks.dispose();
    }
  });

  it("are as many as the trainer was made for", async () => {
    const one = NETWORKS["a pruned network with dropout"] as Network;
    for (const count of [0, -1, 1.5, Number.NaN])
      await expect(start(one, sgd(), count)).rejects.toThrow(/INVALID_OPTION.*stepsPerRun/);
    const trainer = await start(one, sgd(), 2);
    const before = trainer.state();
    const read = reader(one);
    const plan = (step: number) => ({ batch: read(step), learningRate: 0.1 });
    for (const count of [0, 3, 1.5])
      await expect(trainer.trainSteps(count, plan)).rejects.toThrow(/INVALID_OPTION.*count.*1 to 2/);
    const wrong = () => ({ batch: read(0), learningRate: -1 });
    await expect(trainer.trainSteps(2, wrong)).rejects.toThrow(/INVALID_OPTION.*step 1/);
    expect(trainer.state()).toEqual(before);
    await trainer.dispose();
  });
});
