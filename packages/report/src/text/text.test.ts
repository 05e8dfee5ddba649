import { describe, expect, it } from "vitest";
import { conciseNames } from "./concise-names.js";
import { html } from "./markup.js";
import {
  formatChange,
  formatFactor,
  formatPair,
  formatQuantity,
  formatTick,
  formatTogether,
} from "./quantity.js";
import { visibleName, visibleText } from "./visible-text.js";

const plain = (text: string): string => text.replaceAll("\u00a0", " ");

describe("quantities", () => {
  it.each([
    [formatQuantity("count", 25_557_032), "25.6 M"],
    [formatQuantity("bytes", 999), "999 B"],
    [formatQuantity("ms", 0.412), "412 µs"],
    [formatQuantity("macs", 4.09e9), "4.09 GMACs"],
    [formatQuantity("ms", null), "—"],
    [formatQuantity("ms", Number.NaN), "—"],
    [formatPair("count", 115_600_000, 86_700_000), "115.6 → 86.7 M"],
    [formatPair("count", 100_000_000, 20), "100 M → 20"],
    [formatChange(100, 59), "−41 %"],
    [formatChange(100, 100), "±0 %"],
    [formatChange(0, 5), "—"],
    [formatFactor(1.618), "1.62×"],
    [formatTick("bytes", 1_500_000), "1.5 MB"],
  ])("writes %s", (written, expected) => {
    expect(plain(written)).toBe(expected);
  });

  it("gives both sides of a comparison the same unit", () => {
    expect(formatTogether("ms", [12.4, 0.9]).map(plain)).toEqual(["12.40 ms", "0.90 ms"]);
  });
});

describe("text from a model", () => {
  it("makes direction changes, escapes and lone surrogates visible", () => {
    expect(visibleText("a\u202eb\u001b[0m\ud800")).toBe("a\\u202eb\\u001b[0m\\ud800");
  });

  it("bounds length, keeps both ends, and names the nameless", () => {
    const long = visibleName(`start${"x".repeat(1e6)}end`);
    expect([...long].length).toBeLessThanOrEqual(121);
    expect(long).toMatch(/^start/);
    expect(visibleName("\n")).toBe("(no name)");
  });

  it("is escaped by the template, whatever object it pretends to be", () => {
    const forged = { text: "<b>", toString: () => "<i>" } as unknown as string;
    expect(String(html`<p title="${'"><x'}">${forged}</p>`)).toBe(
      '<p title="&#34;&#62;&#60;x">&#60;i&#62;</p>',
    );
  });

  it("is shortened by the last step of its path where that stays unambiguous", () => {
    expect(conciseNames(["/a/conv/Conv#1", "/b/conv/Conv#1"])).toEqual(["/a/conv", "/b/conv"]);
    expect(conciseNames(["/a/Conv#1", "/a/Add#1"])).toEqual(["/a/Conv#1", "/a/Add#1"]);
  });
});
