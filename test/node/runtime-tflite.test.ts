// The TFLite interpreters in Node. Needs the build: their children are programs of their own.

import { nodeTfliteRuntime } from "@espalier/runtime-tflite/node";
import { describe, expect, it } from "vitest";
import { testTfliteRuntime } from "../conformance/tflite-runtime.js";
import { fixtureBytes } from "../tflite/golden.js";

/** A batch of unknown size: LiteRT has no shape for it before it is told one. */
const UNKNOWN_SIZE = "[-1,4,4,4]";

testTfliteRuntime("LiteRT.js 2.5.3", {
  open: async () => nodeTfliteRuntime(),
  refuses: { shapes: UNKNOWN_SIZE },
});
testTfliteRuntime("tfjs-tflite 0.0.1-alpha.10", { open: async () => nodeTfliteRuntime({ engine: "tfjs" }) });

describe("a TFLite session in Node", () => {
  it("tells whether it lives", async () => {
    const session = await nodeTfliteRuntime().load(fixtureBytes("loop"));
    expect(session.alive).toBe(true);
    await session.dispose();
    expect(session.alive).toBe(false);
    await expect(session.run({})).rejects.toThrow();
  });
});
