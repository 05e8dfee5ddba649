// What goes in and comes out of the file: names, and how each lies compared with ONNX. Runtimes do not say, so it also
// stands in the file's metadata.

import { type DataTypeCode, dataTypeName } from "@espalier/ir";
import type { Layout } from "../layout/layout.js";
import { channelsLast, isOnnxOrder } from "../layout/layout.js";
import type { TensorType } from "../schema/enums.js";

export interface TensorInterface {
  readonly name: string;
  /** As in the file. */
  readonly shape: readonly number[];
  readonly type: TensorType;
  /** As in ONNX. */
  readonly onnxShape: readonly number[];
  readonly onnxType: string;
  /** "NHWC" for images with channels last, else "ONNX". */
  readonly layout: "NHWC" | "ONNX";
  /** Axis i in the file is axis `permutation[i]` in ONNX. */
  readonly permutation: Layout;
}

export interface TfliteInterface {
  readonly inputs: readonly TensorInterface[];
  readonly outputs: readonly TensorInterface[];
}

/** Name of the metadata entry. */
export const INTERFACE_METADATA = "espalier_io";

export function tensorInterface(
  name: string,
  onnxShape: readonly number[],
  onnxType: DataTypeCode | null,
  layout: Layout,
  type: TensorType,
): TensorInterface {
  return {
    name,
    shape: layout.map((axis) => onnxShape[axis] as number),
    type,
    onnxShape,
    onnxType: dataTypeName(onnxType ?? 0),
    layout: !isOnnxOrder(layout) && layout.join() === channelsLast(layout.length).join() ? "NHWC" : "ONNX",
    permutation: layout,
  };
}

/** The interface as the JSON that stands in the file. */
export function interfaceMetadata(io: TfliteInterface): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ version: 1, ...io }));
}
