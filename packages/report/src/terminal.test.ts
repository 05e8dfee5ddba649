import { describe, expect, it } from "vitest";
import { renderMarkdown } from "./markdown.js";
import { hostile } from "./samples/hostile.js";
import { nothingPruned, resnet50, unproven, unstable } from "./samples/receipts.js";
import { renderTerminal } from "./terminal.js";

const ESCAPE = String.fromCharCode(27);

describe("renderTerminal", () => {
  it("prints verdict, numbers with units, and widths in aligned columns", () => {
    const lines = renderTerminal(resnet50().receipt, { color: false }).split("\n");
    expect(lines[0]).toMatch(
      /^\d\.\d\d× faster, 43 % smaller, same outputs as the masked original \(maxRel 2\.1e-6\)\.$/,
    );
    expect(lines.some((line) => /^Latency +[\d.]+ ms +[\d.]+ ms +\S+ faster +p10–p90/.test(line))).toBe(true);
    expect(lines.some((line) => /^and \d+ more groups$/.test(line))).toBe(true);
  });

  it("writes escape codes only when colour is asked for", () => {
    for (const make of [resnet50, unstable, unproven, nothingPruned, hostile]) {
      expect(renderTerminal(make().receipt, { color: false })).not.toContain(ESCAPE);
      expect(renderTerminal(make().receipt, { color: true })).toContain(`${ESCAPE}[`);
    }
  });

  it("lets no escape code of a name through", () => {
    expect(renderTerminal(hostile().receipt, { color: true })).not.toContain(`${ESCAPE}[31mred`);
  });

  it("tells what would unblock when nothing was pruned", () => {
    const text = renderTerminal(nothingPruned().receipt, { color: false });
    expect(text).toContain("QUANTISED  9 times");
    expect(text).toContain("→ Prune the float model first, then quantise.");
    expect(text).not.toMatch(/faster|smaller/);
  });
});

describe("renderMarkdown", () => {
  it("gives a verdict table", () => {
    const text = renderMarkdown(resnet50().receipt);
    expect(text).toMatch(/^### ✅ `models\/resnet50\.onnx` → `cpu`/);
    expect(text).toMatch(/\| Latency \| [\d.]+ ms \| [\d.]+ ms \| \S+ faster \|/);
  });

  it("keeps hostile names inside code spans and table cells", () => {
    const text = renderMarkdown(hostile().receipt);
    for (const line of text.split("\n")) {
      const outside = line.replace(/`[^`]*`/g, "").replace(/\\./g, "");
      expect(outside).not.toMatch(/<(?!details>|\/details>|summary>|\/summary>)/);
      expect(outside).not.toMatch(/@everyone|https:\/\//);
    }
  });

  it("marks what is not proven", () => {
    expect(renderMarkdown(unproven().receipt)).toMatch(/^### ❌/);
    expect(renderMarkdown(unstable().receipt)).toMatch(/^### ⚠️/);
  });
});
