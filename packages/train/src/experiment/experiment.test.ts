import { createHash } from "node:crypto";
import { isEspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { memoryStore } from "../checkpoint/memory-store.js";
import { type ExperimentOptions, runExperiment } from "./experiment.js";

const host = {
  sha256: async (bytes: Uint8Array | readonly Uint8Array[]) => {
    const hash = createHash("sha256");
    for (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) hash.update(chunk);
    return hash.digest("hex");
  },
};

const experiment = (more: Partial<ExperimentOptions> = {}): ExperimentOptions => ({
  ...{ name: "e", seeds: [3, 1, 2], settings: { rate: 0.1 }, host },
  run: async (seed) => ({
    numbers: { accuracy: seed / 10, ...(seed === 1 ? { early: 7 } : {}) },
    detail: [seed],
  }),
  ...more,
});

describe("an experiment", () => {
  it("gives every run in the order of the seeds, and the spread of every number", async () => {
    const result = await runExperiment(experiment());
    expect(result.runs.map(({ seed, numbers }) => [seed, numbers.accuracy])).toEqual([
      [3, 0.3],
      [1, 0.1],
      [2, 0.2],
    ]);
    expect(result.spread.accuracy).toMatchObject({ runs: 3, min: 0.1, max: 0.3 });
    expect(result.spread.accuracy?.mean).toBeCloseTo(0.2, 12);
    expect(result.spread.early).toMatchObject({ runs: 1, mean: 7, interval: null });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it("goes on with the seed at which it was stopped, and gives what it gives in one go", async () => {
    const store = memoryStore();
    const seeds: number[] = [];
    const run: ExperimentOptions["run"] = async (seed, own) => {
      seeds.push(seed);
      if (seed === 1 && (await own?.read("mark", 0)) === null) {
        await own?.write("mark", Uint8Array.of(1)); // what a run of its own keeps on the way
        throw new Error("stopped");
      }
      return experiment().run(seed, own);
    };
    await expect(runExperiment(experiment({ store, run }))).rejects.toThrow("stopped");
    const result = await runExperiment(experiment({ store, run }));
    expect(seeds).toEqual([3, 1, 1, 2]);
    expect(result).toEqual(await runExperiment(experiment()));
    // All is kept: nothing runs again. Other settings run anew, and so does what is damaged.
    const again = { store, run: () => expect.unreachable() };
    expect(await runExperiment(experiment(again))).toEqual(result);
    await expect(runExperiment(experiment({ ...again, settings: { rate: 0.2 } }))).rejects.toThrow();
    for (const age of [0, 1]) await store.write("e/seed-3/result.json", Uint8Array.of(age));
    await expect(runExperiment(experiment(again))).rejects.toThrow();
  });

  it("of other settings finds nothing that a run under these kept on the way", async () => {
    const store = memoryStore();
    const met: (number | null)[] = [];
    const run: ExperimentOptions["run"] = async (seed, own) => {
      met.push((await own?.read("mark", 0))?.[0] ?? null);
      await own?.write("mark", Uint8Array.of(seed));
      throw new Error("stopped");
    };
    const stopped = { store, run, seeds: [5] };
    for (const rate of [0.1, 0.2, 0.1])
      await expect(runExperiment(experiment({ ...stopped, settings: { rate } }))).rejects.toThrow("stopped");
    expect(met).toEqual([null, null, 5]);
  });

  it("refuses numbers that are not finite, and keeps nothing of them", async () => {
    const store = memoryStore();
    for (const loss of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const run: ExperimentOptions["run"] = async (seed) => ({ numbers: { loss: seed === 1 ? loss : 0 } });
      for (const kept of [{}, { store }])
        await expect(runExperiment(experiment({ ...kept, run }))).rejects.toThrow(
          `seed 1, loss; expected finite numbers; found ${loss}`,
        );
    }
    const run: ExperimentOptions["run"] = async (seed) => ({ numbers: { loss: seed } });
    const { spread } = await runExperiment(experiment({ store, run }));
    expect(spread.loss).toMatchObject({ runs: 3, mean: 1, min: 0, max: 2 });
  });

  it("ends when it is cancelled, and needs seeds", async () => {
    const code = (options: Partial<ExperimentOptions>) =>
      runExperiment(experiment(options)).then(
        () => "done",
        (error: unknown) => isEspalierError(error) && error.code,
      );
    expect(await code({ signal: AbortSignal.abort() })).toBe("ABORTED");
    for (const seeds of [[], [1, 1], [0.5]]) expect(await code({ seeds })).toBe("INVALID_OPTION");
  });
});
