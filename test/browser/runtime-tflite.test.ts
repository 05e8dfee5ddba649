// The TFLite interpreters in a Chromium. Needs the build: the page loads it.

import { isUnavailable } from "@espalier/core";
import { chromiumTfliteRuntime } from "@espalier/runtime-tflite/node";
import { describe, expect, it } from "vitest";
import { chromium } from "../chromium.js";
import { testTfliteRuntime } from "../conformance/tflite-runtime.js";
import { fixtureBytes, goldenSamples } from "../tflite/golden.js";

const executablePath = chromium;

describe.skipIf(!chromium)("in a Chromium", () => {
  testTfliteRuntime("LiteRT.js 2.5.3", {
    open: () => chromiumTfliteRuntime({ executablePath }),
    refuses: { shapes: "[-1,4,4,4]" },
  });
  testTfliteRuntime("tfjs-tflite 0.0.1-alpha.10", {
    open: () => chromiumTfliteRuntime({ executablePath, engine: "tfjs" }),
  });

  it.each(["litert", "tfjs"] as const)("%s gives the same with two threads", async (engine) => {
    const runtime = await chromiumTfliteRuntime({ executablePath, engine, threads: 2 });
    try {
      const session = await runtime.load(fixtureBytes("conv-int8"));
      for (const { inputs, outputs } of goldenSamples("conv-int8")) {
        expect(await session.run(inputs)).toEqual(outputs);
      }
      await session.dispose();
      const latency = await runtime.measureLatency({
        models: { int8: { bytes: fixtureBytes("conv-int8") } },
        feeds: goldenSamples("conv-int8")[0]?.inputs ?? {},
        threads: 2,
        batch: null,
        runs: 4,
      });
      if (isUnavailable(latency)) throw new Error(latency.unblock);
      expect(latency.int8).toMatchObject({ threads: 2, runs: 4 });
    } finally {
      await runtime.close();
    }
  });
});

describe("without a Chromium", () => {
  it("says UNAVAILABLE and what to install", async () => {
    const opening = chromiumTfliteRuntime({ executablePath: "/nowhere/chromium" });
    await expect(opening).rejects.toThrow(/\[UNAVAILABLE\].*\/nowhere\/chromium.*apt-get install chromium/);
  });
});
