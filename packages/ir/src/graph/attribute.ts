// Attributes of a node, by kind. Integers stay bigint (INT64_MAX is common); views turn them into numbers.

import type { Tensor } from "../tensor.js";
import type { Graph } from "./graph.js";

export type AttributeValue =
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "int"; readonly value: bigint }
  /** Bytes, because ONNX allows strings that are not UTF-8. */
  | { readonly kind: "string"; readonly value: Uint8Array }
  | { readonly kind: "tensor"; readonly value: Tensor }
  | { readonly kind: "graph"; readonly value: Graph }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "ints"; readonly value: readonly bigint[] }
  | { readonly kind: "strings"; readonly value: readonly Uint8Array[] }
  | { readonly kind: "tensors"; readonly value: readonly Tensor[] }
  | { readonly kind: "graphs"; readonly value: readonly Graph[] }
  /** Sparse tensors, type protos, references to function attributes, kinds unknown here: passed through. */
  | { readonly kind: "opaque"; readonly value: unknown };

export interface Attribute {
  readonly value: AttributeValue;
  readonly docString?: string;
  /** Whatever else its message held; written back as it was. */
  readonly residue?: unknown;
}

export function intAttribute(value: number | bigint): Attribute {
  return { value: { kind: "int", value: BigInt(value) } };
}

export function intsAttribute(values: readonly (number | bigint)[]): Attribute {
  return { value: { kind: "ints", value: values.map(BigInt) } };
}

export function floatAttribute(value: number): Attribute {
  return { value: { kind: "float", value } };
}

export function floatsAttribute(values: readonly number[]): Attribute {
  return { value: { kind: "floats", value: values } };
}

/** Attribute strings are written as UTF-8; only ASCII is ever needed for operators. */
export function stringAttribute(value: string): Attribute {
  return { value: { kind: "string", value: Uint8Array.from(value, (c) => c.charCodeAt(0)) } };
}

export function tensorAttribute(value: Tensor): Attribute {
  return { value: { kind: "tensor", value } };
}

/** The graphs an attribute holds: subgraphs of If, Loop, Scan. */
export function graphsOf(attribute: Attribute): readonly Graph[] {
  const { value } = attribute;
  if (value.kind === "graph") return [value.value];
  return value.kind === "graphs" ? value.value : [];
}
