import type { Receipt } from "@espalier/core";
import { describe, expect, it } from "vitest";
import { patternSentences } from "./pattern-text.js";

const layer = { tensor: "w", dims: [2, 8], axis: 1, blocks: 4, violations: 0 };
const receipt = (nm: Receipt["nm"]): Receipt =>
  ({
    sparsity: { zeros: 8, prunable: 16, all: 20 },
    ...(nm === undefined ? {} : { nm }),
  }) as unknown as Receipt;

describe("the sentence on a pattern", () => {
  it("says how many layers carry it, and that nothing is smaller", () => {
    const record = { pattern: "2:4", axis: "inputs", violations: 0, layers: [layer], dense: [] };
    const [text = ""] = patternSentences(receipt(record));
    expect(text.replaceAll("\u00a0", " ")).toBe(
      "2:4 in 1 layer, none breaks it; 40 % of all weights are zero. That makes nothing smaller, and only hardware that reads the pattern faster.",
    );
  });

  it("says what breaks it", () => {
    const record = { pattern: "2:4", axis: "inputs", violations: 3, layers: [layer] };
    const [text = ""] = patternSentences(receipt(record));
    expect(text.replaceAll("\u00a0", " ")).toContain("3 blocks break it");
  });

  it("is none without a pattern", () => {
    expect(patternSentences(receipt(undefined))).toEqual([]);
  });
});
