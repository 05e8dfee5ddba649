// Constant: a tensor inside a node. Numbers given as plain attributes become tensors here.

import { DataType } from "../data-type.js";
import type { Node } from "../graph/node.js";
import type { Value } from "../graph/value.js";
import { floatTensor, int64Tensor, Tensor } from "../tensor.js";
import { floatOf, floatsOf, requireOutput, tensorOf } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface ConstantView {
  readonly y: Value;
  /** null for a sparse one. */
  readonly tensor: Tensor | null;
}

export const constant: OpDefinition<ConstantView> = defineOp({
  domain: "",
  opType: "Constant",
  view: (node) => ({ y: requireOutput(node, 0), tensor: tensorOf(node, "value") ?? plainTensor(node) }),
  infer: ({ tensor }) =>
    tensor === null ? [null] : [{ dataType: tensor.dataType, shape: tensor.dims, constant: tensor }],
});

function plainTensor(node: Node): Tensor | null {
  const float = floatOf(node, "value_float");
  if (float !== null) return floatTensor([], [float]);
  const floats = floatsOf(node, "value_floats");
  if (floats !== null) return floatTensor([floats.length], floats);
  for (const name of ["value_int", "value_ints", "value_string", "value_strings"]) {
    const value = node.attributes.get(name)?.value;
    if (value?.kind === "int") return int64Tensor([], [value.value]);
    if (value?.kind === "ints") return int64Tensor([value.value.length], value.value);
    if (value?.kind === "string") return stringTensor([], [value.value]);
    if (value?.kind === "strings") return stringTensor([value.value.length], value.value);
  }
  return null;
}

function stringTensor(dims: readonly number[], strings: readonly Uint8Array[]): Tensor {
  return new Tensor({ dataType: DataType.STRING, dims, storage: { kind: "strings", strings } });
}
