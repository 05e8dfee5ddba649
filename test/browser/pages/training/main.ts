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

const offered = { trainStep };

export type Offered = typeof offered;

Object.assign(globalThis, { espalier: offered });

/** One step from the weights of the network at `url`. */
async function trainStep(
  url: string,
  { images, labels, rate }: { images: readonly number[]; labels: readonly number[]; rate: number },
): Promise<TrainedStep> {
  const model = readModel(new Uint8Array(await (await fetch(url)).arrayBuffer()));
  const batch = labels.length;
  const trainer = await createTrainer({
    ...{ runtime: webRuntime(), threads: 1, model, bindings: { N: batch } },
    ...{ loss: crossEntropy(), optimiser: sgd({ momentum: 0.9, weightDecay: 1e-4 }) },
  });
  const feeds = {
    input: { dataType: 1, dims: [batch, 3, 32, 32], data: Float32Array.from(images) },
    labels: { dataType: 7, dims: [batch], data: BigInt64Array.from(labels, BigInt) },
  };
  const { loss, correct } = await trainer.train(feeds, rate);
  const state = Object.fromEntries(
    [...trainer.state().tensors].map(([name, values]) => [name, [...values]] as const),
  );
  await trainer.dispose();
  return { loss, correct, state };
}
