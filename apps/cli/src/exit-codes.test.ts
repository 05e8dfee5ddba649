import { ERROR_CODES, type ErrorCode, EspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { asInputError, EXIT, exitCodeOf, Finished } from "./exit-codes.js";

const codeOf = (code: ErrorCode): number => exitCodeOf(new EspalierError(code, "x"));

describe("exitCodeOf", () => {
  it("tells arguments, models, models that do not run and cancellation apart", () => {
    expect(codeOf("INVALID_OPTION")).toBe(EXIT.usage);
    expect(codeOf("EXISTS")).toBe(EXIT.usage);
    expect(codeOf("TRUNCATED")).toBe(EXIT.input);
    expect(codeOf("DATA_MISSING")).toBe(EXIT.usage);
    expect(codeOf("INVALID_DATA")).toBe(EXIT.input);
    expect(codeOf("NOT_RUNNABLE")).toBe(EXIT.nothing);
    expect(codeOf("ABORTED")).toBe(EXIT.interrupted);
    expect(codeOf("MISMATCH")).toBe(EXIT.failed);
    expect(codeOf("IO_FULL")).toBe(EXIT.failed);
    expect(exitCodeOf(new TypeError("x"))).toBe(EXIT.failed);
    expect(exitCodeOf(new Finished(EXIT.gate))).toBe(6);
  });

  it("knows every code of the list", () => {
    const documented: readonly number[] = Object.values(EXIT);
    for (const code of Object.keys(ERROR_CODES)) expect(documented).toContain(codeOf(code as ErrorCode));
  });

  it("takes a folder in the place of a model for an unusable model", () => {
    expect(codeOf("IO")).toBe(EXIT.failed);
    expect(exitCodeOf(asInputError(new EspalierError("IO", "x")))).toBe(EXIT.input);
  });
});
