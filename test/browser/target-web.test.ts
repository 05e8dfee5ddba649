// The target for onnxruntime-web in a real Chromium, under the contract that all targets share.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Cache } from "@espalier/core";
import { nodeHost } from "@espalier/runtime-node";
import { type ChromiumRuntime, chromiumRuntime } from "@espalier/runtime-web/node";
import { BUNDLED_COSTS, web } from "@espalier/web";
import { afterAll, describe } from "vitest";
import { chromium } from "../chromium.js";
import { testTarget } from "../conformance/target.js";

/**
 * The staircase takes minutes in a browser, so it is one that was measured before, as from the cache of a second run; how
 * it is measured is tested beside its source, and in Node.
 */
const measuredBefore: Cache = {
  read: async (name) =>
    name.endsWith("/stair.json")
      ? new TextEncoder().encode(JSON.stringify(BUNDLED_COSTS.table?.stair))
      : null,
  write: async () => {},
};

describe.skipIf(!chromium)("in Chromium", () => {
  let runtime: ChromiumRuntime | undefined;
  afterAll(async () => {
    await runtime?.close();
  });
  testTarget("web", async () => {
    runtime = await chromiumRuntime({ executablePath: chromium! });
    return {
      target: web,
      world: { runtime, host: nodeHost({ cache: measuredBefore }) },
      model: new Uint8Array(
        readFileSync(fileURLToPath(new URL("../../apps/cli/models/digits.onnx", import.meta.url))),
      ),
    };
  });
});
