// Mutated TFLite files through reader and writer: a model that is written and read as itself, or a coded error. The
// long campaign is `npm run fuzz:tflite`; everything that it ever found lies in test/hostile/found.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { checkTflite, fuzzTfliteBlock, tfliteCorpus } from "../fuzz/tflite-block.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const foundFolder = `${root}test/hostile/found`;

describe("the TFLite reader under mutated files", () => {
  const corpus = tfliteCorpus(root);

  it("opens what it starts from", () => {
    for (const bytes of corpus) expect(checkTflite(bytes)).toMatchObject({ outcome: "opens", problem: null });
  });

  it("ends in a model or an EspalierError, 10 000 times", () => {
    const outcomes = new Map<string, number>();
    for (let block = 0; block < 10; block++) {
      const result = fuzzTfliteBlock(corpus, 20261126, block);
      expect(result.findings).toEqual([]);
      for (const [outcome, count] of Object.entries(result.outcomes))
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
    }
    // Mutators that only ever make garbage would test the first check alone.
    expect(outcomes.get("opens")).toBeGreaterThan(500);
    expect(outcomes.size).toBeGreaterThan(8);
  });

  it("is the same for the same seed", () => {
    expect(fuzzTfliteBlock(corpus, 5, 3, 200)).toEqual(fuzzTfliteBlock(corpus, 5, 3, 200));
  });

  it("keeps its promise on all that was found", () => {
    for (const name of readdirSync(foundFolder).filter((one) => one.endsWith(".tflite")))
      expect([name, checkTflite(readFileSync(`${foundFolder}/${name}`)).problem]).toEqual([name, null]);
  });
});
