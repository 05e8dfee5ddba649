// Ten thousand mutated files through the reader: a network or a coded error, nothing else. The long campaign is
// `npm run fuzz`; everything it ever found lies in test/hostile/found and is tried again here.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { checkInput } from "../fuzz/check-input.js";
import { fuzzCorpus } from "../fuzz/corpus.js";
import { fuzzBlock } from "../fuzz/fuzz-block.js";

const foundFolder = fileURLToPath(new URL("../hostile/found", import.meta.url));

describe("the reader under mutated files", () => {
  const corpus = fuzzCorpus(foundFolder);

  it("opens what it starts from", () => {
    const good = corpus.filter(({ name }) => !name.endsWith(".onnx"));
    expect(good.length).toBeGreaterThan(30);
    for (const { name, bytes } of good)
      expect([name, checkInput(bytes, true)]).toEqual([name, { outcome: "opens", problem: null }]);
  });

  it("ends in a network or an EspalierError, 10 000 times", () => {
    const outcomes = new Map<string, number>();
    for (let block = 0; block < 10; block++) {
      const result = fuzzBlock(corpus, 20261124, block);
      expect(result.findings).toEqual([]);
      for (const [outcome, count] of Object.entries(result.outcomes))
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
    }
    // Mutators that only ever make garbage would test the first check alone.
    expect(outcomes.get("opens")).toBeGreaterThan(500);
    expect(outcomes.size).toBeGreaterThan(10);
  });

  it("is the same for the same seed", () => {
    expect(fuzzBlock(corpus, 5, 3, 200)).toEqual(fuzzBlock(corpus, 5, 3, 200));
  });

  it.each(readdirSync(foundFolder).filter((name) => name.endsWith(".onnx")))(
    "keeps its promise on %s",
    (name) => {
      expect(checkInput(new Uint8Array(readFileSync(`${foundFolder}/${name}`)), true).problem).toBeNull();
    },
  );
});
