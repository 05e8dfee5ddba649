// Dropout while training: what drops is drawn from the seed and the number of the step alone, so that a run that was
// broken off goes on to the bit.

import type { Feeds } from "@espalier/core";
import { boolTensor, DataType, floatTensor, GraphBuilder, type Model } from "@espalier/ir";
import { nodeRuntime } from "@espalier/runtime-node";
import {
  buildStepGraph,
  createTrainer,
  defaultGradients,
  meanSquaredError,
  type Optimiser,
  sgd,
} from "@espalier/train";
import { describe, expect, it } from "vitest";

const RATIO = 0.25;

/** y = dropout(x·w), w [inner, columns]. */
function network(rows: number, inner: number, columns: number, weight: (i: number) => number): Model {
  const net = new GraphBuilder();
  const x = net.input("x", [rows, inner]);
  const weights = Array.from({ length: inner * columns }, (_, i) => weight(i));
  const product = net.op("MatMul", [x, net.weight("w", floatTensor([inner, columns], weights))]);
  const ratio = net.weight("ratio", floatTensor([], [RATIO]));
  const training = net.weight("training", boolTensor([], [false]));
  net.output(net.op("Dropout", [product, ratio, training], { name: "drop" }), "y");
  return net.model();
}

const floats = (dims: readonly number[], of: (i: number) => number): Feeds[string] => ({
  dataType: DataType.FLOAT,
  dims,
  data: Float32Array.from({ length: dims.reduce((all, one) => all * one, 1) }, (_, i) => of(i)),
});

const shared = { bindings: {}, loss: meanSquaredError(), rules: defaultGradients() };

describe("Dropout while training", () => {
  it("lets the gradient through where units were kept, scaled", async () => {
    const [rows, inner, columns] = [3, 2, 4];
    const gradientsAlone: Optimiser = {
      ...{ name: "gradients", slots: [], scalars: () => ({}) },
      update: ({ gradient }) => ({ weight: gradient, slots: [] }),
    };
    const model = network(rows, inner, columns, (i) => 0.1 * (i - 3));
    const step = buildStepGraph({ ...shared, model, optimiser: gradientsAlone });
    expect(step.drawn).toEqual([{ input: "drawn/y", dims: [rows, columns], kept: 1 - RATIO }]);
    const x = floats([rows, inner], (i) => Math.sin(i + 1));
    const targets = floats([rows, columns], (i) => Math.cos(i));
    const mask = Uint8Array.from({ length: rows * columns }, (_, i) => Number(i % 3 !== 1));
    const w = floats([inner, columns], (i) => 0.1 * (i - 3));
    const session = await nodeRuntime().load(step.bytes);
    const results = await session.run(
      { x, targets, w, "drawn/y": { dataType: DataType.BOOL, dims: [rows, columns], data: mask } },
      step.parameters.map(({ output }) => output),
    );
    await session.dispose();
    const gradient = results[step.parameters[0]?.output ?? ""]?.data as Float32Array;
    // ∂w[k, j] = Σ_i x[i, k]·2·(y − t)[i, j]/n·m[i, j]/(1 − p)
    const at = (tensor: Feeds[string], i: number): number => Number(tensor.data[i]);
    for (let k = 0; k < inner; k++)
      for (let j = 0; j < columns; j++) {
        let expected = 0;
        for (let i = 0; i < rows; i++) {
          const factor = (mask[i * columns + j] as number) / (1 - RATIO);
          let y = 0;
          for (let l = 0; l < inner; l++) y += at(x, i * inner + l) * at(w, l * columns + j);
          const error = y * factor - at(targets, i * columns + j);
          expected += at(x, i * inner + k) * ((2 * error) / (rows * columns)) * factor;
        }
        expect(gradient[k * columns + j]).toBeCloseTo(expected, 5);
      }
  });

  it("drops its share, each step others", async () => {
    const [rows, columns] = [100, 100];
    const trainer = await createTrainer({
      ...shared,
      ...{
        runtime: nodeRuntime(),
        model: network(rows, 1, columns, () => 1),
        optimiser: sgd({ momentum: 0 }),
      },
    });
    const batch = { x: floats([rows, 1], () => 1), targets: floats([rows, columns], () => 0) };
    // With y = m/(1 − p) the loss is the share of kept units, over (1 − p)².
    const shares: number[] = [];
    for (let step = 0; step < 3; step++) shares.push((await trainer.train(batch, 0)).loss * (1 - RATIO) ** 2);
    await trainer.dispose();
    const standardError = Math.sqrt((RATIO * (1 - RATIO)) / (rows * columns));
    for (const share of shares) expect(Math.abs(share - (1 - RATIO))).toBeLessThan(4 * standardError);
    expect(new Set(shares).size).toBe(3);
  });

  it("goes on to the bit after a break, and otherwise under another seed", async () => {
    const model = network(4, 3, 8, (i) => Math.sin(i));
    const batch = { x: floats([4, 3], (i) => Math.cos(i)), targets: floats([4, 8], (i) => Math.sin(2 * i)) };
    const start = (seed: number) =>
      createTrainer({ ...shared, runtime: nodeRuntime(), model, optimiser: sgd(), seed });
    const whole = await start(7);
    for (let step = 0; step < 4; step++) await whole.train(batch, 0.1);
    const first = await start(7);
    for (let step = 0; step < 2; step++) await first.train(batch, 0.1);
    const second = await start(7);
    second.restore(first.state());
    for (let step = 0; step < 2; step++) await second.train(batch, 0.1);
    const other = await start(8);
    for (let step = 0; step < 4; step++) await other.train(batch, 0.1);
    const weights = [whole, second, other].map((trainer) => [...(trainer.weights().get("w") ?? [])]);
    expect(weights[1]).toEqual(weights[0]);
    expect(weights[2]).not.toEqual(weights[0]);
    await Promise.all([whole, first, second, other].map((trainer) => trainer.dispose()));
  });

  it("can be switched off", () => {
    const model = network(2, 2, 2, () => 1);
    expect(buildStepGraph({ ...shared, model, optimiser: sgd(), dropout: false }).drawn).toEqual([]);
  });
});
