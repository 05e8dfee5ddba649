// The order of test files: those that take longest first, so that no core waits at the end for one that began late.

import { BaseSequencer } from "vitest/node";

/** From half a minute up, on a machine that has nothing else to do; the longest first. */
const LONG = [
  "test/browser/deploy-web.test.ts",
  "test/node/notebooks.test.ts",
  "test/node/finetune-cli.test.ts",
  "test/node/cli.test.ts",
  "test/node/hostile-cli-faults.test.ts",
  "test/node/cli-real-models.test.ts",
  "test/browser/deploy-tflite.test.ts",
  "test/node/deploy-tflite.test.ts",
  "test/node/fuzz-prune.test.ts",
  "test/node/deploy-cpu.test.ts",
  "test/node/target-tensorrt.test.ts",
  "test/node/deploy-web.test.ts",
  "test/node/tflite-models.test.ts",
  "test/node/exported-accuracy.test.ts",
  "test/node/write-faults.test.ts",
  "test/node/prune-data-folder.test.ts",
  "test/node/recover-cli.test.ts",
  "test/node/runtime-isolation.test.ts",
  "test/browser/runtime-web.test.ts",
  "test/node/target-foreign.test.ts",
  "test/node/recover-pipeline.test.ts",
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
