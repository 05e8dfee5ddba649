// How networks of the target are written: the choices that a plan keeps by name, and what each gives.

import type { ExportFormat, ExportOptions, RefusalEntry } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import { exportInt8, observeInt8 } from "../export/export-full-int8.js";
import { type ExportTfliteOptions, exportTflite, SPARSE, type Sparse } from "../export/export-tflite.js";
import { PRECISIONS, type Precision } from "../precision/pack-weights.js";

/** `int8`: activations as well, by ranges observed on calibration inputs; inputs and outputs stay float. */
export type TflitePrecision = Precision | "int8";

/** Values that the choices of the format may have; the first of each is the default. */
export const TFLITE_SETTINGS: {
  /** What weights are stored as. */
  readonly precision: readonly TflitePrecision[];
  /** How images go in and come out. */
  readonly ioLayout: readonly ("nhwc" | "nchw")[];
  /** Whether zeros of 1x1 convolutions are stored so that XNNPACK skips them; refused where it would not. */
  readonly sparse: readonly Sparse[];
} = { precision: [...PRECISIONS, "int8"], ioLayout: ["nhwc", "nchw"], sparse: SPARSE };

/** Largest difference of a float32 file; what runs as int8 or is stored as float16 differs on purpose. */
const TOLERANCE = 1e-4;

export const tfliteFormat: ExportFormat = {
  path: "model.tflite",
  export: (model, options) => {
    const { precision, ...others } = choices(options.settings);
    const { bindings, ranges } = options;
    const int8 = precision === "int8" && ranges !== undefined;
    const { bytes, refused } = int8
      ? exportInt8(model, { bindings, ranges, ioLayout: others.ioLayout })
      : exportTflite(model, { bindings, ...others, precision: precision === "int8" ? "float32" : precision });
    if (bytes === null) return { refused: refused.map(refusalEntry) };
    return { bytes, tolerance: precision === "float32" ? TOLERANCE : null };
  },
  // Interpreters widen float16 weights when they load them, so they compute what they do with float32.
  uncosted: (settings) => {
    const { precision, sparse } = choices(settings);
    if (precision !== "float32" && precision !== "float16") return "precision";
    return sparse === "none" ? null : "sparse";
  },
  // The dense network has no zeros to store as nothing.
  baseline: (settings) => ({ ...settings, ...(settings.sparse === undefined ? {} : { sparse: "none" }) }),
  observes: (settings) => choices(settings).precision === "int8",
  observe: async (model, { bindings, settings }, { runtime, inputs, signal }) => {
    const { precision, ioLayout } = choices(settings);
    if (precision !== "int8") return null;
    const interpreter = { load: runtime.loadUntrusted };
    return observeInt8(model, {
      ...{ bindings, ioLayout, runtime: interpreter, inputs },
      ...(signal === undefined ? {} : { signal }),
    });
  },
};

interface Choices extends Required<Pick<ExportTfliteOptions, "ioLayout" | "sparse">> {
  readonly precision: TflitePrecision;
}

/** @throws EspalierError `INVALID_OPTION` */
function choices(settings: ExportOptions["settings"]): Choices {
  const known: Readonly<Record<string, readonly string[]>> = TFLITE_SETTINGS;
  for (const [name, value] of Object.entries(settings)) {
    const values = Object.hasOwn(known, name) ? known[name] : undefined;
    if (values?.includes(value)) continue;
    throw invalid(name, values?.join(", ") ?? Object.keys(known).join(", "), value);
  }
  const { precision = "float32", ioLayout = "nhwc", sparse = "none" } = settings as Partial<Choices>;
  if (precision === "int8" && sparse !== "none")
    throw invalid("sparse", "none: what computes in int8 skips no zeros", sparse);
  return { precision, ioLayout, sparse };
}

function invalid(where: string, expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_OPTION", "The format has no such choice", { where, expected, found });
}

export function refusalEntry({ node, code, reason, unblock }: Omit<RefusalEntry, "group">): RefusalEntry {
  return { group: null, node, code, reason, unblock };
}
