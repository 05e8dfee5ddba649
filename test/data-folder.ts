// The real models and data sets, where ESPALIER_DATA names them. Tests that need them skip, counted, without.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The folder, or null. */
export const dataFolder: string | null =
  process.env.ESPALIER_DATA && existsSync(process.env.ESPALIER_DATA) ? process.env.ESPALIER_DATA : null;

/** Names of all models, without extension. */
export const modelNames: readonly string[] =
  dataFolder === null
    ? []
    : readdirSync(join(dataFolder, "onnx"))
        .filter((name) => name.endsWith(".onnx"))
        .map((name) => name.slice(0, -".onnx".length))
        .sort();

export function readModelBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(dataFolder ?? "", "onnx", `${name}.onnx`)));
}

/** Dimensions that must be bound before a model can run. A leading batch binds itself. */
export const DIMS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  ppocr_mobile_v2_cls: {
    "p2o.DynamicDimension.0": 1,
    "p2o.DynamicDimension.1": 48,
    "p2o.DynamicDimension.2": 192,
  },
  stories260k: { T: 16 },
  silero_vad_16k_op15: { sequence: 512 },
  byte_sb_bidi_lstm: { length: 40 },
};
