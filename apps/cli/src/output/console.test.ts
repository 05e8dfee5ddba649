import { describe, expect, it } from "vitest";
import { useColor } from "./console.js";
import { printable, table } from "./table.js";

describe("useColor", () => {
  const terminal = { isTTY: true };

  it("follows the stream, unless the environment says otherwise", () => {
    expect(useColor(terminal, {})).toBe(true);
    expect(useColor({}, {})).toBe(false);
    expect(useColor(terminal, { CI: "1" })).toBe(false);
    expect(useColor(terminal, { TERM: "dumb" })).toBe(false);
    expect(useColor(terminal, { NO_COLOR: "1" })).toBe(false);
    expect(useColor(terminal, { NO_COLOR: "" })).toBe(true);
  });

  it("lets FORCE_COLOR colour a pipe, and NO_COLOR win", () => {
    expect(useColor({}, { FORCE_COLOR: "1", CI: "1" })).toBe(true);
    expect(useColor({}, { FORCE_COLOR: "" })).toBe(true);
    expect(useColor(terminal, { FORCE_COLOR: "0" })).toBe(false);
    expect(useColor(terminal, { FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
  });
});

describe("table", () => {
  it("aligns the first column left and the others right", () => {
    expect(
      table([
        ["a", "1"],
        ["long", "22"],
      ]),
    ).toBe("a      1\nlong  22");
    expect(
      table(
        [
          ["a", "1"],
          ["long", "22"],
        ],
        "rl",
      ),
    ).toBe("   a  1\nlong  22");
  });

  it("makes escape codes and directions visible", () => {
    expect(printable("\u001b[31mred\u202e")).toBe("\\u001b[31mred\\u202e");
    expect(printable('plain "quoted" ä')).toBe('plain "quoted" ä');
    expect(printable("x".repeat(1000))).toHaveLength(401);
  });
});
