import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryModel } from "../../testing/arbitrary-model.js";
import { differences } from "../../testing/same-model.js";
import { cloneModel } from "../graph/clone.js";
import { readModel } from "./read-model.js";
import { concatChunks, writeModel } from "./write-model.js";

describe("a model that is written and read again", () => {
  it("is the same model", () => {
    fc.assert(
      fc.property(arbitraryModel, (model) => {
        const bytes = concatChunks(writeModel(model).chunks);
        const again = readModel(bytes);
        expect(differences(again, model)).toEqual([]);
        expect(concatChunks(writeModel(again).chunks)).toEqual(bytes);
      }),
      { numRuns: 400 },
    );
  });

  it("is the same as its copy", () => {
    fc.assert(
      fc.property(arbitraryModel, (model) => {
        const { model: copy } = cloneModel(model);
        expect(concatChunks(writeModel(copy).chunks)).toEqual(concatChunks(writeModel(model).chunks));
      }),
      { numRuns: 100 },
    );
  });
});
