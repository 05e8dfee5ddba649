// The manifest of hostile TFLite files: each ends in exactly the code that it names, at exactly the place.

import { isEspalierError } from "@espalier/ir";
import { readTflite } from "@espalier/tflite";
import { describe, expect, it } from "vitest";
import { GRAPH_CASES } from "../hostile/tflite/graph-cases.js";
import { STRUCTURE_CASES } from "../hostile/tflite/structure-cases.js";
import { TENSOR_CASES } from "../hostile/tflite/tensor-cases.js";
import { sampleFile, type TfliteCase, tinyModel } from "../hostile/tflite/tflite-case.js";

const CASES = [...STRUCTURE_CASES, ...GRAPH_CASES, ...TENSOR_CASES];
const MIB = 2 ** 20;

describe("hostile TFLite files", () => {
  it.each(CASES.map((one) => [one.name, one.expect, one] as const))("%s: %s", (_name, _expect, one) => {
    verify(one);
  });

  it("are named once and are many", () => {
    expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
    expect(CASES.filter((one) => one.expect !== "opens").length).toBeGreaterThanOrEqual(120);
  });

  it("are made from files that open", () => {
    expect(outcome(sampleFile()).met).toBe("opens");
    expect(outcome(tinyModel()).met).toBe("opens");
  });

  it("that are cut anywhere end in a coded error", () => {
    const file = sampleFile();
    for (let length = 0; length < file.byteLength - 16; length++)
      expect([length, outcome(file.slice(0, length)).met]).not.toContain("opens");
  });
});

function verify({ make, expect: code, where }: TfliteCase): void {
  const bytes = make();
  const before = process.memoryUsage();
  const { met, where: place } = outcome(bytes);
  const after = process.memoryUsage();
  expect({ met, where: place }).toEqual({ met: code, where });
  const grew = after.heapUsed + after.external - before.heapUsed - before.external;
  expect(grew).toBeLessThan(8 * bytes.byteLength + 64 * MIB);
}

function outcome(bytes: Uint8Array): { met: string; where: string } {
  try {
    readTflite(bytes);
    return { met: "opens", where: "" };
  } catch (error) {
    if (!isEspalierError(error)) throw error;
    expect(error.message.length).toBeLessThan(2000);
    return { met: error.code, where: error.context.where ?? "" };
  }
}
