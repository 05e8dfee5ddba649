// Every real model through the whole of `prune` at ratio 0.3: never a crash; what comes out computes what the
// masked original computes; what does not shrink says why.

import { isUnavailable } from "@espalier/core";
import { cpu } from "@espalier/cpu";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import { describe, expect, it } from "vitest";
import { DIMS, dataFolder, modelNames, readModelBytes } from "../data-folder.js";
import { realInputs } from "../real-inputs.js";

/** These must lose at least a quarter of their MACs. */
const SHRINK = new Set([
  "cgan_imgSz32_nCh_1",
  "cifar10-resnet20",
  "cifar10-resnet56",
  "ezkl_prelu_gmm",
  "mnist-cntk",
  "pensieve_small_simple",
  "ppocr_mobile_v2_cls",
  "squeezenet1.1-fp16-imagenet",
  "squeezenet1.1-imagenet",
  "style-candy",
  "tinyyolo-vnncomp",
  "ultraface-rfb-320",
  "yolox_nano",
]);

/** As `prune` draws by default; fewer for a network whose every run takes a second and a half. */
const DRAWN: Readonly<Record<string, number>> = { "style-candy": 2 };

describe.skipIf(dataFolder === null)("pruning real models at ratio 0.3", () => {
  const runtime = nodeRuntime();
  // Download sizes are tested elsewhere; compressing 24 models well takes minutes.
  const host = { ...nodeHost(), gzipSize: null, brotliSize: null };

  it("finds the models that must shrink", () => {
    expect(modelNames.filter((name) => SHRINK.has(name))).toHaveLength(SHRINK.size);
    expect(modelNames).toHaveLength(24);
  });

  for (const name of modelNames) {
    it(`${name}: ${SHRINK.has(name) ? "shrinks" : "shrinks or says why not"}`, {
      timeout: 240_000,
    }, async () => {
      const bytes = readModelBytes(name);
      const real = await realInputs(name);
      const inputs = DRAWN[name] ?? 8;
      const { receipt, pruned } = await cpu.prune(bytes, {
        runtime,
        host,
        budget: { ratio: 0.3 },
        seed: 1,
        measure: false,
        dims: DIMS[name] ?? {},
        inputs,
        realInputs: real,
      });
      const { parity, macs } = receipt;
      if (SHRINK.has(name)) {
        expect(pruned).not.toBeNull();
        expect(macs.after ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(0.75 * (macs.before ?? 0));
      }
      if (pruned === null) {
        expect(receipt.artefact).toBeNull();
        expect(receipt.refused.length).toBeGreaterThan(0);
        for (const refusal of receipt.refused)
          expect(refusal.reason.length * refusal.unblock.length).toBeGreaterThan(0);
        return;
      }
      if (parity === null || isUnavailable(parity)) throw new Error("a pruned model without parity");
      expect(parity.inputs).toBe(inputs + real.length);
      expect(parity.maxRel).toBeLessThanOrEqual(name.includes("fp16") ? 5e-3 : 1e-4);
    });
  }
});
