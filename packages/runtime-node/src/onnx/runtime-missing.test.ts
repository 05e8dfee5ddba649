import { describe, expect, it } from "vitest";
import { runtimeMissingError } from "./runtime-missing.js";

describe("a missing runtime", () => {
  it("says how to install it", () => {
    const error = runtimeMissingError(new Error("Cannot find package"));
    expect(error.code).toBe("UNAVAILABLE");
    expect(error.message).toContain("ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node");
  });
});
