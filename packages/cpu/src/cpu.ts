// The target as one object, the way users import it: `import { cpu } from "@espalier/cpu"`.

import { apply, plan, prune } from "./prune.js";

/** ONNX Runtime on the CPU, dense. */
export const cpu: {
  readonly name: "cpu";
  readonly plan: typeof plan;
  readonly prune: typeof prune;
  readonly apply: typeof apply;
} = { name: "cpu", plan, prune, apply };
