// The target TensorFlow Lite: a smaller dense network as a .tflite file, proven against the pruned network on an
// interpreter. The way users import it: `import { tflite } from "@espalier/tflite"`.

import { type ExportFormat, type RefusalEntry, structuralTarget, type Target } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import { exportTflite, SPARSE, type Sparse } from "../export/export-tflite.js";
import { PRECISIONS, type Precision } from "../precision/pack-weights.js";

/** Values that the choices of the format may have; the first of each is the default. */
export const TFLITE_SETTINGS: {
  /** What weights are stored as. */
  readonly precision: readonly Precision[];
  /** How images go in and come out. */
  readonly ioLayout: readonly ("nhwc" | "nchw")[];
  /** Whether zeros of 1x1 convolutions are stored so that XNNPACK skips them; refused where it would not. */
  readonly sparse: readonly Sparse[];
} = { precision: PRECISIONS, ioLayout: ["nhwc", "nchw"], sparse: SPARSE };

/** Largest difference of a float32 file; what runs as int8 or is stored as float16 differs on purpose. */
const TOLERANCE = 1e-4;

const format: ExportFormat = {
  path: "model.tflite",
  export: (model, { bindings, settings }) => {
    requireKnown(settings);
    const precision = settings.precision as Precision | undefined;
    const ioLayout = settings.ioLayout as "nhwc" | "nchw" | undefined;
    const sparse = settings.sparse as Sparse | undefined;
    const { bytes, refused } = exportTflite(model, {
      bindings,
      ...(precision === undefined ? {} : { precision }),
      ...(ioLayout === undefined ? {} : { ioLayout }),
      ...(sparse === undefined ? {} : { sparse }),
    });
    if (bytes === null) return { refused: refused.map(refusalEntry) };
    return { bytes, tolerance: (precision ?? "float32") === "float32" ? TOLERANCE : null };
  },
};

/** TensorFlow Lite, on phones and in browsers. */
export const tflite: Target = structuralTarget({
  name: "tflite",
  runs: "TensorFlow Lite",
  foreign: {
    ...format,
    name: "tflite",
    missing: {
      unavailable: "NO_TFLITE_RUNTIME",
      unblock: "Hand in an interpreter: nodeTfliteRuntime() of @espalier/runtime-tflite/node.",
    },
  },
});

function refusalEntry({ node, code, reason, unblock }: Omit<RefusalEntry, "group">): RefusalEntry {
  return { group: null, node, code, reason, unblock };
}

/** @throws EspalierError `INVALID_OPTION` */
function requireKnown(settings: Readonly<Record<string, string>>): void {
  const choices: Readonly<Record<string, readonly string[]>> = TFLITE_SETTINGS;
  for (const [name, value] of Object.entries(settings)) {
    const values = Object.hasOwn(choices, name) ? choices[name] : undefined;
    if (values?.includes(value)) continue;
    throw new EspalierError("INVALID_OPTION", "The format has no such choice", {
      where: name,
      expected: values?.join(", ") ?? Object.keys(choices).join(", "),
      found: value,
    });
  }
}
