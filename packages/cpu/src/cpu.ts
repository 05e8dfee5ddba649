// The target ONNX Runtime on the CPU: a smaller dense ONNX model for onnxruntime-node, proven and measured there.
// The way users import it: `import { cpu } from "@espalier/cpu"`.

import { structuralTarget, type Target } from "@espalier/core";

import { BUNDLED_COSTS } from "./bundled-costs.js";

const { table } = BUNDLED_COSTS;

/** ONNX Runtime on the CPU, dense. */
export const cpu: Target = structuralTarget({
  name: "cpu",
  runs: "ONNX Runtime on the CPU",
  ...(table === null ? {} : { bundledCosts: table }),
});
