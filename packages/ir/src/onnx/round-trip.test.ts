import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryModel } from "../../testing/arbitrary-model.js";
import { differences } from "../../testing/same-model.js";
import { cloneModel } from "../graph/clone.js";
import { readModel } from "./read-model.js";
import { concatChunks, writeModel } from "./write-model.js";

describe("a model that is written and read again", () => {
  it("is the same model", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(arbitraryModel, (model) => {
        const bytes = concatChunks(writeModel(model).chunks);
        const again = readModel(bytes);
        expect(differences(again, model)).toEqual([]);
        expect(Buffer.compare(concatChunks(writeModel(again).chunks), bytes)).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it("is the same as its copy", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(arbitraryModel, (model) => {
        const { model: copy } = cloneModel(model);
        const [a, b] = [copy, model].map((one) => concatChunks(writeModel(one).chunks));
        expect(Buffer.compare(a as Uint8Array, b as Uint8Array)).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});
