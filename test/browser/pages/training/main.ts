// The page of the training test: fine-tunes a network that it is given, as a page that imports the package would.

import { readModel } from "@espalier/ir";
import { webRuntime } from "@espalier/runtime-web";
import { createTrainer, crossEntropy, sgd } from "@espalier/train";

export interface TrainedStep {
  readonly loss: number;
  readonly correct: number | null;
  /** By name: weights, moving statistics, what the optimiser keeps. */
  readonly state: Readonly<Record<string, readonly number[]>>;
}

const offered = { trainStep, trainSteps };

export type Offered = typeof offered;

Object.assign(globalThis, { espalier: offered });

interface GivenBatch {
  readonly images: readonly number[];
  readonly labels: readonly number[];
  readonly rate: number;
}

/** One step from the weights of the network at `url`. */
async function trainStep(url: string, batch: GivenBatch): Promise<TrainedStep> {
  return trainSteps(url, batch, { steps: 1, perRun: 1 });
}

/** Steps on one batch, so many of them in one run of the runtime; loss and correct are of the last. */
async function trainSteps(
  url: string,
  { images, labels, rate }: GivenBatch,
  { steps, perRun }: { readonly steps: number; readonly perRun: number },
): Promise<TrainedStep> {
  const model = readModel(new Uint8Array(await (await fetch(url)).arrayBuffer()));
  const batch = labels.length;
  const trainer = await createTrainer({
    ...{ runtime: webRuntime(), threads: 1, model, bindings: { N: batch }, stepsPerRun: perRun },
    ...{ loss: crossEntropy(), optimiser: sgd({ momentum: 0.9, weightDecay: 1e-4 }) },
  });
  const feeds = {
    input: { dataType: 1, dims: trainer.batch[0]?.dims ?? [], data: Float32Array.from(images) },
    labels: { dataType: 7, dims: [batch], data: BigInt64Array.from(labels, BigInt) },
  };
  let last = { loss: Number.NaN, correct: null as number | null };
  while (trainer.step < steps)
    last = (await trainer.trainSteps(perRun, () => ({ batch: feeds, learningRate: rate }))).at(-1) ?? last;
  const state = Object.fromEntries(
    [...trainer.state().tensors].map(([name, values]) => [name, [...values]] as const),
  );
  await trainer.dispose();
  return { ...last, state };
}
