import { describe, expect, it } from "vitest";
import { byteCount, collect, dimension, milliseconds, ratio, wholeNumber } from "./values.js";

describe("option values", () => {
  it("takes a ratio as a fraction or in percent", () => {
    expect([ratio("0"), ratio("0.3"), ratio("30%"), ratio("1e-1")]).toEqual([0, 0.3, 0.3, 0.1]);
    for (const text of ["1", "100%", "-0.1", "", " ", "abc", "NaN", "0.3x"])
      expect(() => ratio(text)).toThrow();
  });

  it("takes whole numbers above a bound", () => {
    expect(wholeNumber(1)("16")).toBe(16);
    for (const text of ["0", "1.5", "", "-3", "9007199254740993", "ten"])
      expect(() => wholeNumber(1)(text)).toThrow();
  });

  it("takes times and sizes with their units", () => {
    expect([milliseconds("12"), milliseconds("12ms"), milliseconds("0.5s")]).toEqual([12, 12, 500]);
    expect([byteCount("10"), byteCount("1.5kB"), byteCount("2MB"), byteCount("1GB")]).toEqual([
      10, 1500, 2e6, 1e9,
    ]);
    for (const text of ["", "12m", "-1", "1e3", "ms"]) expect(() => milliseconds(text)).toThrow();
    for (const text of ["", "12mb", "-1", "MB"]) expect(() => byteCount(text)).toThrow();
  });

  it("collects dimensions; a name may hold an equals sign", () => {
    expect(dimension("input:2=48", dimension("N=1"))).toEqual({ N: 1, "input:2": 48 });
    expect(dimension("a=b=3")).toEqual({ "a=b": 3 });
    for (const text of ["N", "=1", "N=0", "N=1.5", "N=x", "N="]) expect(() => dimension(text)).toThrow();
  });

  it("collects repeated texts in order", () => {
    expect(collect("b", collect("a"))).toEqual(["a", "b"]);
  });
});
