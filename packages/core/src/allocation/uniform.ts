// The same ratio for every group.

import { type Allocation, bestUnits, roundWidth } from "./allocation.js";

/**
 * Uniform allocation: every group keeps max(minWidth, ⌊C·(1 − R)⌋ rounded up to the step) of its C units.
 * (Li et al. 2017 use one ratio for all layers of a stage.)
 */
export function uniform(): Allocation {
  return {
    name: "uniform",
    allocate: (groups, options) =>
      groups.map(({ group, scores }) => {
        // C·(1 − R) is meant exactly: 10·(1 − 0.3) is 7, not 6.999….
        const asked = Math.floor(Number((group.width * (1 - options.ratio)).toPrecision(12)));
        return { group, asked, keep: bestUnits(scores, roundWidth(asked, group.width, options)) };
      }),
  };
}
