import type { Receipt } from "@espalier/core";
import { describe, expect, it } from "vitest";
import { sampleLatency, small } from "../samples/receipts.js";
import { judge } from "./verdict.js";

const { receipt } = small();
const before = sampleLatency(10, 1);
const withLatency = (after: number, speedup: number | null): Receipt => ({
  ...receipt,
  latency: { source: null, before, after: sampleLatency(after, 2), speedup },
});

describe("judge", () => {
  it("states speed, size and parity when all are proven", () => {
    expect(judge(withLatency(5, 2))).toMatchObject({
      tone: "good",
      sentence: expect.stringMatching(/^2\.00× faster, .* smaller, same outputs/),
    });
  });

  it("claims the same outputs of the removal alone once weights were recovered", () => {
    const entry = { step: 1, methods: ["reconstruct" as const], data: "0".repeat(64), n: 4 };
    const recovered = (after: number): Receipt => ({
      ...withLatency(5, 2),
      recovery: [{ ...entry, before: { outputError: 1.5 }, after: { outputError: after } }],
    });
    const good = judge(recovered(0.02));
    expect(good.tone).toBe("good");
    expect(good.sentence).not.toContain("same outputs");
    expect(good.sentence).toMatch(/removal proven .*weights then recovered \(output error 1\.5 → 0\.02\)/);
    expect(judge(recovered(1.5))).toMatchObject({ tone: "caution" });
    expect(judge(recovered(1.5)).reservations).toHaveLength(1);
  });

  it("never says faster when the speed-up is null", () => {
    const { sentence, tone } = judge(withLatency(5, null));
    expect(sentence).not.toContain("faster");
    expect(tone).toBe("caution");
  });

  it("says so when the gain lies within the spread of the runs", () => {
    expect(judge(withLatency(9.9, 1.01))).toMatchObject({
      tone: "caution",
      sentence: expect.stringContaining("within the spread"),
    });
  });

  it("calls a slower model slower", () => {
    expect(judge(withLatency(12, 0.8))).toMatchObject({
      tone: "caution",
      sentence: expect.stringMatching(/^1\.25× slower/),
    });
  });

  it("puts failed parity first and advises against the artefact", () => {
    const parity = { ...(receipt.parity as Extract<Receipt["parity"], { maxRel: number }>), maxRel: 0.3 };
    const verdict = judge({ ...receipt, parity });
    expect(verdict.tone).toBe("bad");
    expect(verdict.sentence).toMatch(/^Outputs differ from the masked original \(maxRel 3e-1\)/);
    expect(verdict.reservations.join(" ")).toContain("Do not use this artefact");
  });

  it("is bad when parity was not run", () => {
    expect(judge({ ...receipt, parity: null }).tone).toBe("bad");
  });
});
