// The target ONNX Runtime in a browser: a smaller dense ONNX model for onnxruntime-web, proven and measured in a page.
// Pass a runtime that computes there: `webRuntime()` inside a page, `chromiumRuntime()` from Node.

import { structuralTarget, type Target } from "@espalier/core";

/** ONNX Runtime in a browser, dense. */
export const web: Target = structuralTarget({ name: "web", runs: "ONNX Runtime in a browser" });
