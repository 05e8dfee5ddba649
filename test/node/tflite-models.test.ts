// Real networks in TFLite: exported, run by both interpreters, held against ONNX Runtime. Needs the build: interpreters are programs of
// their own.

import { defaultHandlers, type Feeds, randomInputs } from "@espalier/core";
import { inferFacts, type Model, readModel, resolveBindings } from "@espalier/ir";
import { exportTflite } from "@espalier/tflite";
import { describe, expect, it } from "vitest";
import { DIMS, dataFolder, modelNames, readModelBytes } from "../data-folder.js";
import { legalInputs } from "../pixel-inputs.js";
import { realInputs } from "../real-inputs.js";
import { compareEngines } from "../tflite/lowered-equals-onnx.js";

/** What the others lack. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  byte_sb_bidi_lstm: ["LSTM"],
  dtln_model_1: ["LSTM"],
  ezkl_lstm_medium: ["LSTM"],
  gtcrn_simple: ["GRU", "ScatterND"],
  silero_vad_16k_op15: ["If"],
  superres_pytorch_prepost_op18: ["DecodeImage"],
};

const ENGINES = ["litert", "tfjs"] as const;
const LIMIT = 1e-4;

describe.skipIf(dataFolder === null)("a real network in TFLite", () => {
  it.each(modelNames.filter((name) => !(name in REFUSED)))(
    "%s gives what ONNX Runtime gives",
    async (name) => {
      const model = readModel(readModelBytes(name));
      const bindings = DIMS[name] ?? {};
      const feeds = await inputsFor(name, model, bindings);
      const compared = await compareEngines(model, feeds, { bindings }, ENGINES);
      for (const [i, engine] of ENGINES.entries()) {
        expect(compared[i]?.length).toBe(model.graph.outputs.length);
        for (const { name: output, maxRel } of compared[i] ?? [])
          expect(maxRel, `${output} on ${engine}`).toBeLessThan(LIMIT);
      }
    },
    120_000,
  );

  it.each(Object.entries(REFUSED))("%s is refused for %s", (name, operators) => {
    const model = readModel(readModelBytes(name));
    const { bytes, refused } = exportTflite(model, { bindings: DIMS[name] ?? {} });
    expect(bytes).toBeNull();
    expect([...new Set(refused.map(({ opType }) => opType))].sort()).toEqual(operators);
    for (const { node, code, unblock } of refused) {
      expect(code).toBe("OP_NOT_LOWERED");
      expect(node).not.toBe("");
      expect(unblock).not.toBe("");
    }
  });
});

async function inputsFor(name: string, model: Model, dims: Readonly<Record<string, number>>): Promise<Feeds> {
  const [real] = await realInputs(name);
  if (real !== undefined) return real;
  const facts = inferFacts(model, { bindings: resolveBindings(model, dims).bindings });
  const [drawn = {}] = randomInputs(model, facts, defaultHandlers(), { seed: 1, count: 1 });
  return legalInputs(name, drawn, 1);
}
