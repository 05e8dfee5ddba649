import { modelBytes } from "@espalier/core";
import { drawnDigits } from "@espalier/data";
import { GraphBuilder } from "@espalier/ir";
import { nodeRuntime } from "@espalier/runtime-node";
import { evaluateSession } from "@espalier/train";
import { describe, expect, it } from "vitest";
import { drawn } from "../../../../test/training-networks.js";
import { labelledScores, testBatches } from "./batch-sources.js";

/** image [batch, 1, 28, 28] → logits [batch, 10] by weights of chance. */
function linear(batch: number | string): Uint8Array {
  const net = new GraphBuilder();
  const pixels = net.op("Flatten", [net.input("image", [batch, 1, 28, 28])]);
  net.output(net.op("MatMul", [pixels, net.weight("w", drawn(5, "w", [784, 10]))]), "logits");
  return modelBytes(net.model());
}

describe("the test part in batches of one size", () => {
  const set = drawnDigits({ count: 100, seed: 2 });

  it("has every label once, and whole batches", async () => {
    const test = testBatches(set, { input: "image", batch: 48 });
    expect(test.batches).toBe(3);
    const labels: number[] = [];
    for (let i = 0; i < test.batches; i++) {
      const { image, labels: own } = await test.batch(i);
      expect(image?.dims).toEqual([48, 1, 28, 28]);
      expect(image?.data.length).toBe(48 * 784);
      expect(own?.dims[0]).toBe(own?.data.length);
      labels.push(...Array.from(own?.data ?? [], Number));
    }
    expect(labels).toEqual([...set.labels]);
  });

  it("gives a network of a fixed batch the scores of one that takes any", async () => {
    const runtime = nodeRuntime({ threads: 1 });
    const scores = async (model: Uint8Array, batch: number) => {
      const session = await runtime.load(model);
      try {
        const options = { set: testBatches(set, { input: "image", batch }), metric: labelledScores() };
        return await evaluateSession(session, options);
      } finally {
        await session.dispose();
      }
    };
    const whole = await scores(linear("N"), 100);
    expect(whole.samples).toBe(100);
    expect(whole.accuracy).toBeGreaterThan(0);
    for (const batch of [48, 64, 256]) {
      const { samples, accuracy, loss } = await scores(linear(batch), batch);
      expect([samples, accuracy]).toEqual([100, whole.accuracy]);
      expect(loss).toBeCloseTo(whole.loss, 4);
    }
  });
});
