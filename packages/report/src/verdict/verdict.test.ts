import type { Receipt } from "@espalier/core";
import { describe, expect, it } from "vitest";
import { renderMarkdown } from "../markdown.js";
import { renderReport } from "../report.js";
import { sampleLatency, small } from "../samples/receipts.js";
import { renderTerminal } from "../terminal.js";
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

  it("judges an artefact of another format by what it computed on its own runtime", () => {
    const record = { reference: "pruned onnx", path: "pruned.onnx", inputs: 8 } as const;
    const exported = (maxRel: number | null, tolerance: number | null): Receipt => {
      const runtime =
        maxRel === null ? { runtime: null, reason: "NO_X", unblock: "Get X." } : { runtime: "x 1" };
      return { ...withLatency(5, 2), export: { ...record, ...runtime, maxRel, maxAbs: maxRel, tolerance } };
    };
    expect(judge(exported(3e-6, 1e-4))).toMatchObject({ tone: "good" });
    expect(judge(exported(3e-6, 1e-4)).sentence).toContain("exported (maxRel 3e-6 on x 1)");
    expect(judge(exported(3e-2, null))).toMatchObject({ tone: "good" });
    expect(judge(exported(3e-2, 1e-4))).toMatchObject({ tone: "bad" });
    const absent = judge(exported(null, 1e-4));
    expect(absent.tone).toBe("caution");
    expect(absent.reservations.join(" ")).toMatch(/not run: NO_X\. Get X\./);
    expect(renderTerminal(exported(3e-6, 1e-4), { color: false })).toContain("Export: maxRel 3e-6 on x 1");
    expect(renderMarkdown(exported(null, 1e-4))).toContain("Export: the artefact was not run");
  });

  it("says how good the exported file is, and of what else", () => {
    const counted = { metric: "top-1", dataset: "digits", data: "0".repeat(64), n: 2000 } as const;
    const accuracy = { ...counted, before: 0.98, pruned: 0.5, recovered: 0.97 };
    const plain = { ...withLatency(5, 2), accuracy };
    const exported = { ...plain, accuracy: { ...accuracy, exported: { accuracy: 0.965, runtime: "x 1" } } };
    expect(judge(plain).sentence).toContain("accuracy 98.0\u00a0% → 97.0\u00a0% on digits");
    expect(judge(exported).sentence).toContain("accuracy 98.0\u00a0% → 96.5\u00a0% on digits");
    const texts = [
      renderTerminal(exported, { color: false }),
      renderMarkdown(exported),
      renderReport({ ...small(), receipt: exported }),
    ];
    for (const text of texts)
      expect(text.replaceAll(/\s+/g, " ")).toContain("recovered 97.0 %, the exported file 96.5 % on x 1.");
    expect(renderMarkdown(plain)).not.toContain("exported file");
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
