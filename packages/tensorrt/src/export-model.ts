// The ONNX file that TensorRT's parser takes: weights as constants, an opset and types that it knows, sizes that are
// known or given.

import { type ArtefactFile, cleanUp, modelBytes } from "@espalier/core";
import {
  cloneModel,
  DataType,
  type DataTypeCode,
  dataTypeName,
  EspalierError,
  inferFacts,
  isStatic,
  type Model,
  raiseOpset,
  resolveBindings,
  type Value,
} from "@espalier/ir";
import { type Float16Graph, float16Graph } from "./float16/float16-graph.js";
import { halfWeights } from "./half-weights.js";

export interface TensorRtExportOptions {
  /** Sizes of open dimensions. A leading batch is 1. */
  readonly dims?: Readonly<Record<string, number>>;
  /** float16: weights are rounded to it, so that `trtexec --fp16` changes them no further. @default "float32" */
  readonly precision?: "float32" | "float16";
  /**
   * float16: weights and activations are float16 in the file, with Casts around what must stay float32. A strongly typed
   * network (`trtexec --stronglyTyped`) computes in these types.
   *
   * @default "float32"
   */
  readonly graphType?: "float32" | "float16";
  /** Element type of the file's inputs and outputs where `graphType` is float16. @default "float32" */
  readonly ioType?: "float32" | "float16";
}

export interface TensorRtExport {
  readonly files: readonly ArtefactFile[];
  /** What `trtexec --shapes=` is given; null where every size is in the file. */
  readonly shapes: string | null;
  /** What became float16 and what stays float32; null where `graphType` is float32. */
  readonly float16: Omit<Float16Graph, "model"> | null;
}

/** Oldest opset that TensorRT's parser is made for (onnx-tensorrt, docs/operators.md), and the one that is written for older. */
const OLDEST_OPSET = 9;
const RAISED_OPSET = 13;

/** Element types of TensorRT's parser (onnx-tensorrt, docs/operators.md). Doubles become floats there. */
const TYPES: ReadonlySet<DataTypeCode> = new Set<DataTypeCode>([
  DataType.FLOAT,
  DataType.FLOAT16,
  DataType.BFLOAT16,
  DataType.DOUBLE,
  DataType.FLOAT8E4M3FN,
  DataType.FLOAT4E2M1,
  DataType.INT8,
  DataType.INT4,
  DataType.INT32,
  DataType.INT64,
  DataType.UINT8,
  DataType.BOOL,
]);

/**
 * A model as TensorRT takes it. `model` is not touched.
 *
 * @throws EspalierError `SIZE_UNKNOWN` for an open dimension, naming the --dim; `UNSUPPORTED` for an element type TensorRT
 *   has not; `UNSUPPORTED_VERSION` for an opset that cannot be raised to 9; `NONFINITE` for a weight beyond float16
 */
export function exportTensorRt(
  model: Model,
  { dims = {}, precision = "float32", graphType = "float32", ioType = "float32" }: TensorRtExportOptions = {},
): TensorRtExport {
  const { bindings, unbound } = resolveBindings(model, dims);
  const [open] = unbound;
  if (open !== undefined) {
    throw new EspalierError("SIZE_UNKNOWN", "TensorRT builds an engine for sizes that are given", {
      where: `input ${open.input}, axis ${open.axis}`,
      expected: "a number",
      found: open.symbol,
      unblock: `Bind it: ${unbound.map(({ option }) => `--dim ${option}=N`).join(" ")}.`,
    });
  }
  const written =
    model.opset("") >= OLDEST_OPSET ? cloneModel(model).model : raiseOpset(model, RAISED_OPSET).model;
  cleanUp(written, { keepOverridable: false });
  requireTypes(written, bindings);
  const { model: typed, ...float16 } =
    graphType === "float16" ? float16Graph(written, { bindings, io: ioType }) : { model: written };
  const exported = precision === "float16" && graphType === "float32" ? halfWeights(typed) : typed;
  return {
    files: [{ path: "model.onnx", role: "model", bytes: modelBytes(exported) }],
    shapes: shapesOf(exported, bindings),
    float16: "nodes" in float16 ? float16 : null,
  };
}

/**
 * Refuses element types that TensorRT has not.
 *
 * @throws EspalierError `UNSUPPORTED` naming the value
 */
export function requireTypes(model: Model, bindings: ReadonlyMap<string, number>): void {
  const facts = inferFacts(model, { bindings });
  const seen = (value: Value | null): void => {
    const type = value === null ? null : facts.dataType(value);
    if (value === null || type === null || type === DataType.UNDEFINED || TYPES.has(type)) return;
    throw new EspalierError("UNSUPPORTED", "TensorRT has no such element type", {
      value: value.name,
      expected: [...TYPES].map(dataTypeName).join(", "),
      found: dataTypeName(type),
      unblock: "Export the network in float32, with indices as int64.",
    });
  };
  for (const input of model.graph.inputs) seen(input);
  for (const value of model.graph.initializers) seen(value);
  for (const node of model.graph.nodes) for (const output of node.outputs) seen(output);
}

/** "data:1x3x224x224,mask:1x16" for the inputs that have open dimensions. */
function shapesOf(model: Model, bindings: ReadonlyMap<string, number>): string | null {
  const facts = inferFacts(model, { bindings });
  const open = model.graph.inputs.filter(
    ({ type, initializer }) =>
      initializer === null && type?.kind === "tensor" && type.shape?.some((dim) => !isStatic(dim)) === true,
  );
  if (open.length === 0) return null;
  return open
    .map((input) => {
      const shape = facts.shape(input) ?? [];
      const quoted = /[:,']/.test(input.name) ? `'${input.name}'` : input.name;
      return `${quoted}:${shape.map(String).join("x")}`;
    })
    .join(",");
}
