// The target TensorFlow Lite: a smaller dense network as a .tflite file, proven against the pruned network on an
// interpreter. The way users import it: `import { tflite } from "@espalier/tflite"`.

import { structuralTarget, type Target } from "@espalier/core";
import { tfliteFormat } from "./tflite-format.js";

/** TensorFlow Lite, on phones and in browsers. */
export const tflite: Target = structuralTarget({
  name: "tflite",
  runs: "TensorFlow Lite",
  foreign: {
    ...tfliteFormat,
    name: "tflite",
    missing: {
      unavailable: "NO_TFLITE_RUNTIME",
      unblock: "Hand in an interpreter: nodeTfliteRuntime() of @espalier/runtime-tflite/node.",
    },
  },
});
