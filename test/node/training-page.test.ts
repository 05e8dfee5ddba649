// docs/training.md: its examples run as they stand there.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { keptEntries, type Masks } from "@espalier/core";
import type { PrunedIteratively, TrainResult } from "@espalier/train";
import { afterAll, describe, expect, it } from "vitest";

describe("docs/training.md", () => {
  const page = readFileSync(fileURLToPath(new URL("../../docs/training.md", import.meta.url)), "utf8");
  const folder = mkdtempSync(join(fileURLToPath(new URL(".", import.meta.url)), ".training-page-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const [first, second] = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code as string);
  const run = async (name: string, code: string | undefined) => {
    const file = join(folder, name);
    writeFileSync(file, code as string);
    return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Record<string, unknown>;
  };

  it("trains, and reads back what was trained", async () => {
    const example = await run("training-example.ts", first);
    const train = example.run as (folder: string) => Promise<TrainResult>;
    const { history, resumedAt } = await train(join(folder, "store"));
    expect([history.steps, resumedAt]).toEqual([60, null]);
    // Of ten classes, after six looks at 600 images.
    expect(history.evaluations.at(-1)?.accuracy).toBeGreaterThan(0.5);
    expect((await train(join(folder, "store"))).history).toEqual(history);
  });

  it("draws a lottery ticket", async () => {
    const { rounds, masks } = (await run("ticket-example.ts", second)) as unknown as PrunedIteratively;
    // 0.8³ of the hidden layers, 0.9³ of the last: 784·60 + 60·20 and 20·10 weights, a rounding a layer and round.
    const { kept, all } = keptEntries(masks as Masks);
    expect(all).toBe(784 * 60 + 60 * 20 + 20 * 10);
    expect(Math.abs(kept - (0.8 ** 3 * (784 * 60 + 60 * 20) + 0.9 ** 3 * 200))).toBeLessThan(9);
    expect(rounds.at(-1)?.history.evaluations.at(-1)?.accuracy).toBeGreaterThan(0.5);
  });
});
