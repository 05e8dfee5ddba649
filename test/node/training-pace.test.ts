// How many steps go into one call of the runtime follows the clock, and nothing else does: a training is the same at any pace,
// stopped, cancelled and diverging too.

import { seededRandom } from "@espalier/core";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import {
  adam,
  constantRate,
  crossEntropy,
  memoryStore,
  sgd,
  type TrainOptions,
  type TrainResult,
  train,
} from "@espalier/train";
import { describe, expect, it } from "vitest";
import { batchSource, clouds, evaluationSet, multilayer } from "../training-networks.js";

const runtime = nodeRuntime({ threads: 1 });
const host = nodeHost({ cache: null });

describe("a training", () => {
  const images = clouds(72, [8], 3, { spread: 2 });
  const held = evaluationSet(clouds(30, [8], 3, { part: "test" }), 12);
  const dense = { model: multilayer([8, 16, 3], 1, 0.3), bindings: { N: 12 }, loss: crossEntropy() };

  /** Steps take so many milliseconds by the clock of the host; `onCall` hears of every call of the runtime that trains. */
  const training = (ms: () => number, onCall: () => void = () => {}): TrainOptions => {
    let now = 0;
    return {
      ...{ ...dense, runtime: countingCalls(onCall), host: { ...host, now: () => (now += ms()) } },
      ...{ optimiser: adam(), batches: batchSource(images, 12), epochs: 4, rate: constantRate(0.01) },
    };
  };
  const asText = ({ history, state }: TrainResult): string => JSON.stringify([history, [...state.tensors]]);

  it("is the same at any pace", async () => {
    const of = async (ms: () => number) => {
      let calls = 0;
      const events: number[] = [];
      const result = await train({
        ...training(ms, () => calls++),
        ...{ evaluateEvery: 7, until: 23, evaluate: [held], checkpoints: { store: memoryStore(), every: 5 } },
        onProgress: ({ phase, done }) => phase === "train" && events.push(done),
      });
      expect(events).toEqual(Array.from({ length: 23 }, (_, i) => i + 1));
      return { calls, text: asText(result) };
    };
    const random = seededRandom(1, "pace");
    const [slow, fast] = [await of(() => 1000), await of(() => 0.1)];
    const uneven = await of(() => 30 * random.uniform());
    expect([fast.text, uneven.text]).toEqual([slow.text, slow.text]);
    expect(slow.calls).toBe(23);
    // Steps 1, then up to 5, 7, 10, 14, 15, 20, 21, 23.
    expect(fast.calls).toBe(9);
  });

  it("that was stopped at one pace goes on at another", async () => {
    const whole = await train({ ...training(() => 0.1), evaluateEvery: 0, evaluate: [held] });
    const store = memoryStore();
    const controller = new AbortController();
    const stopped = train({
      ...{ ...training(() => 0.1), evaluateEvery: 0, evaluate: [held], checkpoints: { store, every: 100 } },
      signal: controller.signal,
      onProgress: ({ done }) => done > 3 && controller.abort(),
    });
    await expect(stopped).rejects.toThrow(/ABORTED/);
    const rest = await train({
      ...{ ...training(() => 20), evaluateEvery: 0, evaluate: [held], checkpoints: { store, every: 100 } },
    });
    expect(rest.resumedAt).toBeGreaterThan(3);
    expect(rest.resumedAt).toBeLessThan(24);
    expect(asText(rest)).toBe(asText(whole));
  });

  it("hears a signal between batches, and has done the steps before it", async () => {
    const store = memoryStore();
    const controller = new AbortController();
    const source = batchSource(images, 12);
    const batches: typeof source = {
      ...source,
      batch: (epoch, index) => {
        if (epoch === 1 && index === 2) controller.abort();
        return source.batch(epoch, index);
      },
    };
    const events: number[] = [];
    const stopped = train({
      ...{ ...training(() => 0.1), batches, evaluateEvery: 0, checkpoints: { store, every: 100 } },
      signal: controller.signal,
      onProgress: ({ done }) => events.push(done),
    });
    await expect(stopped).rejects.toThrow(/ABORTED/);
    // Steps 1 to 9 were planned when it was raised.
    expect(events.at(-1)).toBe(9);
    const rest = await train({
      ...training(() => 0.1),
      evaluateEvery: 0,
      checkpoints: { store, every: 100 },
    });
    expect(rest.resumedAt).toBe(9);
    expect(asText(rest)).toBe(asText(await train({ ...training(() => 20), evaluateEvery: 0 })));
  });

  it("that diverges says in which step, and tells of those before it", async () => {
    const of = async (ms: () => number) => {
      const events: number[] = [];
      const failing = train({
        ...{ ...training(ms), optimiser: sgd({ momentum: 0 }) },
        rate: (step) => (step < 4 ? 0.01 : 1e38),
        onProgress: ({ done, loss }) => events.push(done, loss),
      });
      const error = await failing.then(
        () => null,
        (reason: unknown) => reason,
      );
      return [String(error), events];
    };
    const [slow, fast] = [await of(() => 1000), await of(() => 0.1)];
    expect(slow[0]).toMatch(/DIVERGED.*in step [67]/);
    expect(fast).toEqual(slow);
  });

  function countingCalls(onCall: () => void): typeof runtime {
    return {
      ...runtime,
      load: async (...given) => {
        const session = await runtime.load(...given);
        return {
          ...session,
          run: (feeds, fetches, into) => {
            if (fetches?.includes("loss")) onCall();
            return session.run(feeds, fetches, into);
          },
        };
      },
    };
  }
});
