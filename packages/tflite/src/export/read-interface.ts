// The interface of a file that Espalier wrote, read back from its metadata.

import { checkShape, readJson } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import * as v from "valibot";
import type { SubGraph, TfliteModel } from "../model.js";
import { ENUMS } from "../schema/enums.js";
import { INTERFACE_METADATA, type TensorInterface, type TfliteInterface } from "./io.js";

const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const tensor = v.looseObject({
  name: v.string(),
  shape: v.array(size),
  type: v.picklist(ENUMS.TensorType),
  onnxShape: v.array(size),
  onnxType: v.string(),
  layout: v.picklist(["NHWC", "ONNX"]),
  permutation: v.array(size),
});
const tensors = v.array(tensor);
const contents = v.looseObject({ version: v.literal(1), inputs: tensors, outputs: tensors });

const MAX_BYTES = 1024 * 1024;

/**
 * How inputs and outputs lie compared with ONNX; null for a file that does not say.
 *
 * @throws EspalierError `MALFORMED` where it says what is not so: another number of tensors, other shapes, no permutation
 */
export function readInterface({ metadata, buffers, subgraphs }: TfliteModel): TfliteInterface | null {
  const entry = metadata.find(({ name }) => name === INTERFACE_METADATA);
  const [main] = subgraphs;
  if (entry === undefined || main === undefined) return null;
  const json = readJson(buffers[entry.buffer]?.data ?? new Uint8Array(0), {
    code: "MALFORMED",
    maxBytes: MAX_BYTES,
  });
  const { inputs, outputs } = checkShape(json, contents, "MALFORMED", "The interface in the file is not one");
  requireSame(main, main.inputs, inputs, "inputs");
  requireSame(main, main.outputs, outputs, "outputs");
  return { inputs, outputs };
}

function requireSame(
  { tensors: all }: SubGraph,
  indices: readonly number[],
  said: readonly TensorInterface[],
  where: string,
): void {
  const found = indices.map((index) => `${all[index]?.type} [${all[index]?.shape}]`).join(", ");
  const expected = said
    .map(({ type, onnxShape, permutation }) => `${type} [${permutation.map((axis) => onnxShape[axis])}]`)
    .join(", ");
  const whole = said.every(
    ({ onnxShape, permutation }) =>
      [...permutation].sort((a, b) => a - b).join() === onnxShape.map((_, i) => i).join(),
  );
  if (whole && found === expected) return;
  throw new EspalierError("MALFORMED", "The interface in the file is not the file's", {
    where,
    expected,
    found,
  });
}
