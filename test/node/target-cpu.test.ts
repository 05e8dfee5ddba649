// The target for onnxruntime-node under the contract that all targets share.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cpu } from "@espalier/cpu";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import { testTarget } from "../conformance/target.js";

testTarget("cpu", () => ({
  target: cpu,
  world: { runtime: nodeRuntime(), host: nodeHost({ cache: null }) },
  model: new Uint8Array(
    readFileSync(fileURLToPath(new URL("../../apps/cli/models/digits.onnx", import.meta.url))),
  ),
}));
