import { isEspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { type CostTable, costTableText, readCostTable } from "./cost-table.js";

const TABLE: CostTable = {
  schema: 1,
  origin: "measured",
  machine: { cpu: "a", cores: 2 },
  runtime: "r 1",
  threads: 1,
  source: "0".repeat(64),
  bindings: { N: 1 },
  step: 8,
  stair: [{ width: 8, us: 1.5 }],
  patterns: [{ key: "conv k3x3", kind: "conv", samples: [[8, 16, 2.25]] }],
  others: [{ kernel: "Add", value: "y", share: 0.5, samples: [[10, 1.5]] }],
  runs: [[1000, 15, 20, 1]],
  overheadUs: 3,
  denseUs: 20,
  profilerUs: 1,
  kinds: [],
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const codeOf = (text: string): string => {
  try {
    readCostTable(bytes(text));
    return "reads";
  } catch (error) {
    if (!isEspalierError(error)) throw error;
    return error.code;
  }
};

describe("a cost table", () => {
  it("is read as it was written", () => {
    expect(readCostTable(bytes(costTableText(TABLE)))).toEqual(TABLE);
  });

  it("has one line per measurement", () => {
    expect(costTableText(TABLE)).toContain("[8, 16, 2.25]");
    expect(costTableText(TABLE)).toContain("[10, 1.5]");
  });

  it.each([
    ["no JSON", "{"],
    ["a list", "[]"],
    ["a newer schema", costTableText({ ...TABLE, schema: 2 as 1 })],
    ["a negative time", costTableText({ ...TABLE, overheadUs: -1 })],
    ["a step of 0", costTableText({ ...TABLE, step: 0 })],
    ["a share above 1", costTableText(TABLE).replace('"share": 0.5', '"share": 1.5')],
    ["a sample of two numbers", costTableText(TABLE).replace("[8, 16, 2.25]", "[8, 16]")],
    [
      "a pattern without samples",
      costTableText({ ...TABLE, patterns: [{ key: "a", kind: "b", samples: [] }] }),
    ],
    ["a source that is no digest", costTableText({ ...TABLE, source: "x" })],
  ])("is refused when it is %s", (_, text) => {
    expect(codeOf(text)).toBe("INVALID_COST_TABLE");
  });
});
