// Replaces the tensor of a constant where its elements change.

import type { Tensor, Value } from "@espalier/ir";
import { replaceConstant } from "../surgery/slice-model.js";

/** The tensor that an initialiser or a Constant node holds now; null where a node holds it in another form. */
export function storedTensor(value: Value): Tensor | null {
  if (value.initializer !== null) return value.initializer;
  const attribute = value.producer?.attributes.get("value")?.value;
  return attribute?.kind === "tensor" ? attribute.value : null;
}

/** Replaces a constant unless its elements are these already: a tensor that stays keeps its encoding. */
export function storeConstant(value: Value, next: Tensor): void {
  const old = storedTensor(value);
  if (old !== null && sameBytes(old.bytes(), next.bytes())) return;
  replaceConstant(value, next);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
