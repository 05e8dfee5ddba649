import { isEspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { requireSameClasses } from "./require-same-classes.js";

const refusal = (classes: readonly string[], names: readonly string[] | null): string => {
  try {
    requireSameClasses("pets", classes, names);
    return "none";
  } catch (error) {
    if (!isEspalierError(error, "DATA_UNFIT")) throw error;
    return `${error.context.expected}; ${error.context.found}`;
  }
};

describe("the classes of a data set", () => {
  it("are those that the network names, in their order", () => {
    for (const names of [null, ["Cat", " dog "], ["cat", "dog", "fish"], ["LABEL_0", "LABEL_1"], []])
      expect(refusal(["cat", "dog"], names)).toBe("none");
  });

  it("are refused with both lists where a class means something else", () => {
    const beside = (names: string): string =>
      `${names}, as the network's card or settings name them; "cat", "dog"`;
    expect(refusal(["cat", "dog"], ["dog", "cat"])).toBe(beside('"dog", "cat"'));
    expect(refusal(["cat", "dog"], ["cat"])).toBe(beside('"cat"'));
    const many = Array.from({ length: 12 }, (_, i) => `n${i}`);
    expect(refusal(["cat"], many)).toContain('"n9" and 2 more');
  });
});
