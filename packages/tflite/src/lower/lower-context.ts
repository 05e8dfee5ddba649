// What a lowering works with: facts about ONNX values, their tensors in the layout asked for, and a place to append to.

import type { Facts, Node, Value } from "@espalier/ir";
import type { ConstantElements, GraphTensor } from "../graph/graph-tensor.js";
import type { TfliteGraph } from "../graph/tflite-graph.js";
import type { Layout } from "../layout/layout.js";
import type { BuiltinOperator } from "../schema/builtin-operator.js";
import type { BuiltinOptions } from "../schema/builtin-options.js";
import type { TensorType } from "../schema/enums.js";
import type { TfliteReason } from "./refusal.js";

/** How the last axis of a flattened value lies: the product of axes of these sizes, in another order. */
export interface Scramble {
  /** Sizes in ONNX's order. */
  readonly sizes: readonly number[];
  /** As a layout: the i-th factor in memory is factor `order[i]`. */
  readonly order: Layout;
}

/** A value as it lies in memory. */
export interface Placement {
  readonly tensor: GraphTensor;
  readonly layout: Layout;
  /** Set only where an operator behind a Flatten may take its columns in another order. */
  readonly scramble: Scramble | null;
}

export interface OutputOf {
  readonly shape: readonly number[];
  /** FLOAT32 where nothing is said. */
  readonly type?: TensorType;
}

export interface LowerContext {
  readonly facts: Facts;
  readonly node: Node;
  /** What is appended to. */
  readonly graph: TfliteGraph;

  // What is known of ONNX values
  /** @throws Refused where a size is not a number */
  shape(value: Value): readonly number[];
  /** The type that a value has in TFLite: all floats FLOAT32, 64-bit integers INT32. */
  type(value: Value): TensorType;
  /** Elements of a constant in ONNX's order; null for what is computed. */
  numbers(value: Value): ConstantElements | null;
  /** The same for an operand that has to be one. @throws Refused */
  constantOf(value: Value, what: string): ConstantElements;

  // Operands
  /** The layout that a value lies in now. */
  layout(value: Value): Layout;
  placement(value: Value): Placement;
  /** The value in this layout; a TRANSPOSE is appended where it does not lie so yet. */
  read(value: Value, layout: Layout): GraphTensor;
  /** The value as an operand that is broadcast to `layout.length` axes which lie in this layout. */
  readBroadcast(value: Value, layout: Layout): GraphTensor;
  /** Booleans as numbers 0 and 1. */
  ints(elements: readonly number[]): GraphTensor;
  floats(shape: readonly number[], elements: ArrayLike<number>): GraphTensor;
  scalar(value: number): GraphTensor;

  // Results
  /** Appends an operator with one result. */
  emit(
    builtin: BuiltinOperator,
    inputs: readonly (GraphTensor | null)[],
    output: OutputOf,
    options?: BuiltinOptions,
  ): GraphTensor;
  /** Appends an operator with several. */
  emitAll(
    builtin: BuiltinOperator,
    inputs: readonly (GraphTensor | null)[],
    outputs: readonly OutputOf[],
    options?: BuiltinOptions,
  ): GraphTensor[];
  /** The tensor with the same elements in another shape. */
  reshape(tensor: GraphTensor, shape: readonly number[]): GraphTensor;
  /** The tensor with its axes in another order: axis i of the result is axis `perm[i]`. */
  transpose(tensor: GraphTensor, perm: readonly number[]): GraphTensor;
  /** Says where a value lies. */
  place(value: Value, tensor: GraphTensor, layout: Layout, scramble?: Scramble | null): void;
  /** Whether the operator that made this tensor is one of these. */
  producedBy(tensor: GraphTensor, builtins: readonly BuiltinOperator[]): boolean;
  /** Whether this value is read by anything, or a graph output. */
  isUsed(value: Value): boolean;

  refuse(code: TfliteReason, reason: string, unblock: string): never;
}
