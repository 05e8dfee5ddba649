import type { Advice, NetworkAdvice } from "@espalier/core";
import { describe, expect, it } from "vitest";
import { type AdviceTextOptions, adviceText } from "./advice-text.js";

const verdict = (more: Partial<Advice>): Advice => ({
  target: "cpu",
  granularity: "channel",
  benefit: "latency",
  pays: "yes",
  gain: 1.8,
  code: "CHANNELS_PAY",
  sentence: "about 1.8× faster; 33 % of the MACs and 36 % of the parameters are left",
  evidence: [],
  ...more,
});
const zeros = verdict({
  granularity: "element",
  pays: "no",
  gain: null,
  code: "ZEROS_SAVE_NO_TIME",
  sentence: "no faster: it multiplies by zeros too",
});

function text(verdicts: readonly Advice[], more: Partial<AdviceTextOptions> = {}): string {
  const advice: NetworkAdvice = { macs: 349e6, parameters: 1_235_496, groups: 25, inexact: 0, verdicts };
  return adviceText({
    ...{
      path: "net.onnx",
      name: "net.onnx",
      advice,
      unbound: [],
      downloadBytes: 4_540_000,
      costs: "a runtime",
    },
    ...more,
  });
}

describe("advice in a terminal", () => {
  it("fits into 100 columns, each verdict with its code, each target named once", () => {
    const lines = text([
      verdict({ sentence: "word ".repeat(60).trim() }),
      zeros,
      { ...zeros, target: "tensorrt", code: "PATTERN_NEEDS_LARGE_LAYERS" },
    ]).split("\n");
    const start = lines.findIndex((line) => line.startsWith("target"));
    const end = lines.indexOf("", start);
    for (const line of lines.slice(start, end)) expect(line.length).toBeLessThanOrEqual(100);
    const body = lines.slice(start + 1, end).join("\n");
    for (const code of ["CHANNELS_PAY", "ZEROS_SAVE_NO_TIME", "PATTERN_NEEDS_LARGE_LAYERS"])
      expect(body).toContain(`[${code}]`);
    expect(body.match(/^cpu /gm)).toHaveLength(1);
  });

  it("says what the network is", () => {
    expect(text([zeros])).toContain(
      "1.24 M parameters, 349 M MACs a run, 4.54 MB to download (brotli), 25 groups of layers can become narrower",
    );
  });

  it("asks for no more than was predicted, and for half at most", () => {
    const asked = (gain: number) => /--latency (\d+%)/.exec(text([verdict({ gain })]))?.[1];
    expect([1.35, 1.8, 2, 3].map(asked)).toEqual(["80%", "60%", "50%", "50%"]);
  });

  it("names the next command that fits", () => {
    expect(text([zeros])).toContain("espalier prune net.onnx --target cpu --ratio 0.5 --out pruned");
    expect(text([verdict({ code: "NOTHING_PRUNABLE" })])).toContain("espalier inspect net.onnx");
    expect(text([verdict({ code: "ONLY_INEXACT" })])).toContain("--allow-inexact");
    expect(text([verdict({ code: "CHANNELS_UNKNOWN" })], { unbound: ["T"] })).toContain(
      "espalier advise net.onnx --dim T=N",
    );
    for (const target of ["web", "tflite"] as const)
      expect(text([verdict({ target, code: "CHANNELS_SAVE_WORK" })])).toContain(`--target ${target}`);
    expect(text([zeros], { path: "my nets/a.onnx" })).toContain('espalier prune "my nets/a.onnx" ');
  });
});
