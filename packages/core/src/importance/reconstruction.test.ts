import { isEspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { bestUnits } from "../allocation/allocation.js";
import type { CoupledGroup } from "../groups/coupled-group.js";
import { eliminationScores, reconstruction } from "./reconstruction.js";

const found = { order: [2, 0, 1], errors: [0, 0.1, 0.5] };
const context = { seed: 1, constant: () => expect.unreachable() };

describe("reconstruction", () => {
  it("scores a unit by the error at which it goes", () => {
    expect([...eliminationScores(found)]).toEqual([0.5, 1, 0.1]);
  });

  it("keeps what elimination keeps", () => {
    const scores = reconstruction(new Map([["g", found]])).score(
      { id: "g", width: 3 } as CoupledGroup,
      context,
    );
    expect(bestUnits(scores, 2)).toEqual([0, 1]);
    expect(bestUnits(scores, 1)).toEqual([1]);
  });

  it("does not score groups it knows nothing of, or of another width", () => {
    for (const group of [
      { id: "h", width: 3 },
      { id: "g", width: 4 },
    ]) {
      expect(() => reconstruction(new Map([["g", found]])).score(group as CoupledGroup, context)).toThrow(
        expect.toSatisfy((error: unknown) => isEspalierError(error, "NO_WEIGHTS")),
      );
    }
  });
});
