import type { LatencyReport, Receipt } from "@espalier/core";
import { describe, expect, it } from "vitest";
import { gateText, judgeGates } from "./gates.js";

function receipt(medianMs: number | null, bytes: number | null, unstable = false): Receipt {
  const latency = medianMs === null ? null : ({ after: { medianMs, unstable } } as LatencyReport);
  const artefact = bytes === null ? null : { path: "model.onnx", sha256: "", bytes };
  return { latency, artefact } as Receipt;
}

describe("judgeGates", () => {
  it("passes at the limit and misses above it", () => {
    const limits = { maxLatency: 5, maxSize: 100 };
    expect(judgeGates(receipt(5, 100), limits).map(({ passed }) => passed)).toEqual([true, true]);
    expect(judgeGates(receipt(5.01, 101), limits).map(({ passed }) => passed)).toEqual([false, false]);
  });

  it("does not pass what was not measured, or not steadily", () => {
    expect(
      judgeGates(receipt(null, null), { maxLatency: 5, maxSize: 100 }).map(({ passed }) => passed),
    ).toEqual([false, false]);
    expect(judgeGates(receipt(1, 1, true), { maxLatency: 5 })[0]).toMatchObject({ passed: false, value: 1 });
  });

  it("judges nothing without limits", () => {
    expect(judgeGates(receipt(5, 100), {})).toEqual([]);
  });

  it("says where the limit is set", () => {
    const [gate] = judgeGates(receipt(5, 2048), { maxSize: 1000 });
    expect(gate && gateText(gate)).toBe(
      "gate size: MISSED, 2048 bytes of 1000 bytes; the limit is --max-size",
    );
  });
});
