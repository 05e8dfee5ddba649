// An artefact whose weights and activations are float16. It is ONNX as well, so ONNX Runtime says how far it is from the
// float32 network beside it.

import { type ExportFormat, type ExportOptions, modelBytes } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import { float16Graph } from "./float16-graph.js";

/** Choices of this target's files by name, as plans keep them; the first value of each is the default. */
export const TENSORRT_SETTINGS: {
  /** Element type of weights and activations in the file. */
  readonly graphType: readonly ("float32" | "float16")[];
} = { graphType: ["float32", "float16"] };

/** Inputs and outputs stay float32. */
export const FLOAT16: ExportFormat = {
  path: "model.onnx",
  isOnnx: true,
  export: (model, { bindings }) => {
    const { model: typed } = float16Graph(model, { bindings: new Map(Object.entries(bindings)) });
    return { bytes: modelBytes(typed), tolerance: null };
  },
};

/**
 * The format that these choices ask for; null for the pruned network as it is.
 *
 * @throws EspalierError `INVALID_OPTION`
 */
export function formatOf(settings: ExportOptions["settings"] = {}): ExportFormat | null {
  const known: Readonly<Record<string, readonly string[]>> = TENSORRT_SETTINGS;
  for (const [name, value] of Object.entries(settings)) {
    const values = Object.hasOwn(known, name) ? known[name] : undefined;
    if (values?.includes(value)) continue;
    throw new EspalierError("INVALID_OPTION", "The format has no such choice", {
      ...{ where: name, found: value },
      expected: values?.join(", ") ?? Object.keys(known).join(", "),
    });
  }
  return settings.graphType === "float16" ? FLOAT16 : null;
}
