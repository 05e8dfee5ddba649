// Typed reading of node attributes. For views only.

import { EspalierError } from "../errors.js";
import type { AttributeValue } from "../graph/attribute.js";
import type { Graph } from "../graph/graph.js";
import type { Node } from "../graph/node.js";
import type { Value } from "../graph/value.js";
import type { Tensor } from "../tensor.js";
import { clampToSafe } from "../tensor-values.js";

type Kind = AttributeValue["kind"];
type PayloadByKind = { [K in Kind]: Extract<AttributeValue, { kind: K }>["value"] };
type Payload<K extends Kind> = PayloadByKind[K];

function read<K extends Kind>(node: Node, name: string, kind: K): Payload<K> | null {
  const attribute = node.attributes.get(name);
  if (attribute === undefined) return null;
  if (attribute.value.kind !== kind) {
    throw new EspalierError("INVALID_NODE", `Attribute "${name}" has the wrong kind`, {
      node: node.name,
      opType: node.opType,
      expected: kind,
      found: attribute.value.kind,
    });
  }
  return attribute.value.value as unknown as Payload<K>;
}

export function intOf(node: Node, name: string): number | null {
  const value = read(node, name, "int");
  return value === null ? null : clampToSafe(value);
}

export function intsOf(node: Node, name: string): number[] | null {
  return read(node, name, "ints")?.map(clampToSafe) ?? null;
}

/** An integer attribute used as a truth value. */
export function flagOf(node: Node, name: string, fallback = false): boolean {
  const value = read(node, name, "int");
  return value === null ? fallback : value !== 0n;
}

export function floatOf(node: Node, name: string): number | null {
  return read(node, name, "float");
}

export function floatsOf(node: Node, name: string): readonly number[] | null {
  return read(node, name, "floats");
}

export function stringOf(node: Node, name: string): string | null {
  const bytes = read(node, name, "string");
  return bytes === null ? null : String.fromCharCode(...bytes);
}

export function stringsOf(node: Node, name: string): string[] | null {
  return read(node, name, "strings")?.map((bytes) => String.fromCharCode(...bytes)) ?? null;
}

/** A string attribute that must be one of `options`; the first of them when it is left out. */
export function choiceOf<T extends string>(node: Node, name: string, options: readonly [T, ...T[]]): T {
  const found = stringOf(node, name) ?? options[0];
  const option = options.find((one) => one === found);
  if (option === undefined) throw invalidNode(node, `"${name}" one of ${options.join(", ")}`, found);
  return option;
}

/** A subgraph that the operator demands. */
export function requireGraph(node: Node, name: string): Graph {
  const graph = read(node, name, "graph");
  if (graph === null) throw invalidNode(node, `a graph "${name}"`, "none");
  return graph;
}

export function tensorOf(node: Node, name: string): Tensor | null {
  return read(node, name, "tensor");
}

/** An input that the operator demands. */
export function requireInput(node: Node, index: number): Value {
  const value = node.input(index);
  if (value === null) throw invalidNode(node, `input ${index}`, "none");
  return value;
}

/** All inputs from `from` on, none of which may be left out. */
export function requireInputs(node: Node, from = 0): Value[] {
  return node.inputs.slice(from).map((_, i) => requireInput(node, from + i));
}

/** An output that the operator demands. */
export function requireOutput(node: Node, index: number): Value {
  const value = node.output(index);
  if (value === null) throw invalidNode(node, `output ${index}`, "none");
  return value;
}

export function invalidNode(node: Node, expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_NODE", "The node does not fit its operator", {
    node: node.name,
    opType: node.opType,
    expected,
    found,
  });
}
