// The manifest of hostile files: each ends in exactly the code it names, and limits name themselves.

import { isEspalierError, readModel } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import type { HostileCase } from "../hostile/case.js";
import { FORMAT_CASES } from "../hostile/manifest/format-cases.js";
import { GRAPH_CASES } from "../hostile/manifest/graph-cases.js";
import { TENSOR_CASES } from "../hostile/manifest/tensor-cases.js";
import { WIRE_CASES } from "../hostile/manifest/wire-cases.js";

const GROUPS: Readonly<Record<string, readonly HostileCase[]>> = {
  wire: WIRE_CASES,
  graph: GRAPH_CASES,
  tensors: TENSOR_CASES,
  "other formats": FORMAT_CASES,
};
const MIB = 2 ** 20;

for (const [group, cases] of Object.entries(GROUPS)) {
  describe(`hostile files: ${group}`, () => {
    for (const one of cases) it(`${one.name}: ${one.expect}`, () => verify(one));
  });
}

describe("the manifest", () => {
  it("names every file once", () => {
    const names = Object.values(GROUPS).flatMap((cases) => cases.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(200);
  });
});

function verify({ make, expect: code, limit, limits, amplifies }: HostileCase): void {
  const bytes = make();
  const before = process.memoryUsage();
  const start = performance.now();
  let met = "opens";
  try {
    readModel(bytes, limits === undefined ? {} : { limits });
  } catch (error) {
    if (!isEspalierError(error)) throw error;
    met = error.code;
    expect(error.message.length).toBeLessThan(2000);
    if (error.code === "LIMIT_EXCEEDED") expect(error.context.limit).toBe(limit);
  }
  const tookMs = performance.now() - start;
  const after = process.memoryUsage();
  expect(met).toBe(code);
  expect(tookMs).toBeLessThan(5000 + (bytes.byteLength / 1e8) * 1000);
  if (amplifies === true) {
    const grew = after.heapUsed + after.external - before.heapUsed - before.external;
    expect(grew).toBeLessThan(8 * bytes.byteLength + 64 * MIB);
  }
}
