import { ERROR_CODES, type ErrorCode, EspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { asInputError, ENDS, exitCodeOf } from "./exit-codes.js";

const codeOf = (code: string): number => exitCodeOf(new EspalierError(code as ErrorCode, "x"));

describe("exitCodeOf", () => {
  it("tells arguments, models, models that do not run and cancellation apart", () => {
    expect(codeOf("INVALID_OPTION")).toBe(2);
    expect(codeOf("EXISTS")).toBe(2);
    expect(codeOf("SEVERAL_MODELS")).toBe(2);
    expect(codeOf("DATA_MISSING")).toBe(2);
    expect(codeOf("TRUNCATED")).toBe(3);
    expect(codeOf("INVALID_DATA")).toBe(3);
    expect(codeOf("INVALID_COST_TABLE")).toBe(3);
    expect(codeOf("NOT_RUNNABLE")).toBe(4);
    expect(codeOf("PATTERN_UNFIT")).toBe(4);
    expect(codeOf("ABORTED")).toBe(130);
    expect(codeOf("MISMATCH")).toBe(1);
    expect(codeOf("IO_FULL")).toBe(1);
    expect(exitCodeOf(new TypeError("x"))).toBe(1);
  });

  it("has an end for every code of the list, and a number for those it does not know", () => {
    expect(Object.keys(ENDS).sort()).toEqual(Object.keys(ERROR_CODES).sort());
    expect(codeOf("OF_A_NEWER_VERSION")).toBe(1);
    expect(codeOf("toString")).toBe(1);
  });

  it("takes a folder in the place of a model for an unusable model", () => {
    expect(codeOf("IO")).toBe(1);
    expect(exitCodeOf(asInputError(new EspalierError("IO", "x")))).toBe(3);
    expect(exitCodeOf(asInputError(new EspalierError("MISMATCH", "x")))).toBe(3);
    // What is about the command line or the disk stays so.
    expect(exitCodeOf(asInputError(new EspalierError("SEVERAL_MODELS", "x")))).toBe(2);
    expect(exitCodeOf(asInputError(new EspalierError("ABORTED", "x")))).toBe(130);
  });
});
