// The target ONNX Runtime in a browser: a smaller dense ONNX model for onnxruntime-web, proven and measured in a page.
// Pass a runtime that computes there: `webRuntime()` inside a page, `chromiumRuntime()` from Node.

import { structuralTarget, type Target } from "@espalier/core";
import { BUNDLED_COSTS } from "./bundled-costs.js";

const { table } = BUNDLED_COSTS;

/** ONNX Runtime in a browser, dense. */
export const web: Target = structuralTarget({
  name: "web",
  runs: "ONNX Runtime in a browser",
  ...(table === null ? {} : { bundledCosts: table }),
});
