import { describe, expect, it } from "vitest";
import { runtimeError, wrapRuntimeError } from "./runtime-errors.js";

describe("errors of the runtime", () => {
  it("escape control and bidirectional characters and cut what is long", () => {
    const { message } = runtimeError("NOT_RUNNABLE", `name \u202eabc\u001b[31m\n${"x".repeat(5000)}`);
    expect(message).toContain("name \\u202eabc\\u001b[31m xxx");
    expect(message.length).toBeLessThan(800);
  });

  it("tell a lack of memory from other failures", () => {
    expect(wrapRuntimeError("RUN_FAILED", new Error("std::bad_alloc")).code).toBe("MEMORY");
    expect(wrapRuntimeError("RUN_FAILED", new Error("Got invalid dimensions")).code).toBe("RUN_FAILED");
  });
});
