// The target TensorFlow Lite: a smaller dense network as a .tflite file, or one with zeros where XNNPACK skips them, proven
// against the pruned network on an interpreter. The way users import it: `import { tflite } from "@espalier/tflite"`.

import { executePlan, structuralTarget, type Target, type Unavailable } from "@espalier/core";
import { ELEMENT, planElements } from "./plan-elements.js";
import { tfliteFormat } from "./tflite-format.js";

const NAME = "tflite";

/** Reason code → what it means and what would unblock it. */
export const TFLITE_RUNTIME_REASONS = {
  NO_TFLITE_RUNTIME: {
    text: "No interpreter of TFLite files is installed or was handed in. The file is written; what it computes and how long it takes stays open.",
    unblock:
      "Install one: npm i @espalier/runtime-tflite. In code, hand in nodeTfliteRuntime() of @espalier/runtime-tflite/node.",
  },
} as const;

const MISSING: Unavailable = {
  unavailable: "NO_TFLITE_RUNTIME",
  unblock: "Hand in an interpreter: nodeTfliteRuntime() of @espalier/runtime-tflite/node.",
};

const base: Target = structuralTarget({
  name: NAME,
  runs: "TensorFlow Lite",
  foreign: { ...tfliteFormat, name: "tflite", missing: MISSING },
});

/** TensorFlow Lite, on phones and in browsers. */
export const tflite: Target = {
  ...base,
  plan: (bytes, options) =>
    options.granularity === ELEMENT ? planElements(NAME, bytes, options) : base.plan(bytes, options),
  prune: async (bytes, options) =>
    options.granularity === ELEMENT
      ? executePlan({ name: NAME, format: tfliteFormat }, bytes, await planElements(NAME, bytes, options), {
          ...options,
          deployment: options.deployment ?? MISSING,
        })
      : base.prune(bytes, options),
};
