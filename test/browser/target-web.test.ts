// The target for onnxruntime-web in a real Chromium, under the contract that all targets share.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { nodeHost } from "@espalier/runtime-node";
import { type ChromiumRuntime, chromiumRuntime } from "@espalier/runtime-web/node";
import { web } from "@espalier/web";
import { afterAll, describe } from "vitest";
import { chromium } from "../chromium.js";
import { testTarget } from "../conformance/target.js";

describe.skipIf(!chromium)("in Chromium", () => {
  let runtime: ChromiumRuntime | undefined;
  afterAll(async () => {
    await runtime?.close();
  });
  testTarget("web", async () => {
    runtime = await chromiumRuntime({ executablePath: chromium! });
    return {
      target: web,
      world: { runtime, host: nodeHost({ cache: null }) },
      model: new Uint8Array(
        readFileSync(fileURLToPath(new URL("../../apps/cli/models/digits.onnx", import.meta.url))),
      ),
    };
  });
});
