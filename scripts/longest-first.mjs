// The order of test files: those that take longest first, so that no core waits at the end for one that began late.

import { BaseSequencer } from "vitest/node";

/** Those of more than about forty seconds on two cores, the longest first. */
export const LONG = [
  "test/node/notebooks.test.ts",
  "test/browser/deploy-web.test.ts",
  "test/node/target-tensorrt.test.ts",
  "test/node/finetune-cli.test.ts",
  "test/node/cli.test.ts",
  "test/browser/runtime-web.test.ts",
  "test/node/target-foreign.test.ts",
  "test/node/hostile-cli-faults.test.ts",
  "test/node/fuzz-prune.test.ts",
  "test/node/tflite-cli.test.ts",
  "test/node/target-tflite.test.ts",
  "test/node/recover-cli.test.ts",
  "test/node/write-faults.test.ts",
  "test/node/tensorrt-programs.test.ts",
  "test/node/deploy-web.test.ts",
  "test/browser/chromium-runtime.test.ts",
  "test/node/cli-real-models.test.ts",
  "test/browser/target-web.test.ts",
  "test/browser/runtime-tflite.test.ts",
  "test/node/deploy-tflite.test.ts",
];

export class LongestFirst extends BaseSequencer {
  /** @override @param {import("vitest/node").TestSpecification[]} files */
  async sort(files) {
    const rest = await super.sort(files);
    /** @param {import("vitest/node").TestSpecification} file */
    const place = ({ moduleId }) => {
      const at = LONG.findIndex((path) => moduleId.endsWith(path));
      return at < 0 ? LONG.length : at;
    };
    return rest.toSorted((a, b) => place(a) - place(b));
  }
}
