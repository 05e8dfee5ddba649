// The state of one lowering: which ONNX value lies where, and the graph so far.

import { DataType, dataTypeName, type Facts, type Node, type Value } from "@espalier/ir";
import {
  type ConstantElements,
  floatConstant,
  type GraphTensor,
  graphTensor,
  intConstant,
} from "../graph/graph-tensor.js";
import { transposed } from "../graph/rearrange.js";
import type { TfliteGraph } from "../graph/tflite-graph.js";
import {
  isOnnxOrder,
  type Layout,
  onnxOrder,
  physicalShape,
  sameOrder,
  transposition,
  withLeadingAxes,
} from "../layout/layout.js";
import { makeOptions } from "../make-options.js";
import { type BuiltinOperator, builtinOperator } from "../schema/builtin-operator.js";
import type { BuiltinOptions } from "../schema/builtin-options.js";
import type { TensorType } from "../schema/enums.js";
import { tfliteType } from "./element-type.js";
import { foldOperator } from "./fold-operator.js";
import type { LowerContext, OutputOf, Placement, Scramble } from "./lower-context.js";
import { requireRank } from "./operator-ranks.js";
import { Refused, type TfliteReason } from "./refusal.js";
import { storedTensor } from "./stored-tensor.js";

export class GraphLowerer implements LowerContext {
  readonly facts: Facts;
  readonly graph: TfliteGraph = { inputs: [], outputs: [], operators: [], erfs: new Map() };
  readonly #forms = new Map<Value, Placement[]>();
  readonly #outputs: ReadonlySet<Value>;
  readonly #producers = new Map<GraphTensor, BuiltinOperator>();
  readonly #lost = new Set<Value>();
  #node: Node | null = null;

  constructor(facts: Facts, outputs: ReadonlySet<Value>) {
    this.facts = facts;
    this.#outputs = outputs;
  }

  get node(): Node {
    return this.#node as Node;
  }

  /** Says whose lowering runs from now on. */
  enter(node: Node): void {
    this.#node = node;
  }

  /** Stands something in for what a refused node would give, so that the nodes behind it are looked at too. */
  lose(node: Node): void {
    for (const output of node.outputs) {
      if (output === null || this.#forms.has(output)) continue;
      const shape = this.facts.shape(output);
      const type = tfliteType(this.facts.dataType(output) ?? DataType.FLOAT);
      if (type === null || !shape?.every((size) => typeof size === "number")) {
        this.#lost.add(output);
        continue;
      }
      const sizes = shape as readonly number[];
      this.place(output, graphTensor(type, sizes), onnxOrder(sizes.length));
    }
  }

  /** True where an operand is missing because what would give it was refused. */
  lacks(node: Node): boolean {
    return node.inputs.some((input) => input !== null && this.#lost.has(input));
  }

  shape(value: Value): readonly number[] {
    const shape = this.facts.shape(value);
    if (shape?.every((size) => typeof size === "number")) return shape as readonly number[];
    return this.refuse(
      "DATA_DEPENDENT_SHAPE",
      `the sizes of ${JSON.stringify(value.name)} are not known before it runs`,
      "Export the network with fixed sizes.",
    );
  }

  type(value: Value): TensorType {
    const type = this.facts.dataType(value);
    const known = type === null ? null : tfliteType(type);
    if (known !== null) return known;
    const found = type === null ? "not known" : dataTypeName(type);
    return this.refuse(
      "TYPE_NOT_LOWERED",
      `the element type of ${JSON.stringify(value.name)} is ${found}`,
      "Export the network with float32 or 32-bit integer values there.",
    );
  }

  numbers(value: Value): ConstantElements | null {
    const placed = this.#constantPlacement(value);
    if (placed === null || placed.tensor.constant === null) return null;
    if (isOnnxOrder(placed.layout)) return placed.tensor.constant;
    const { tensor, layout } = placed;
    return transposed(
      tensor.constant as ConstantElements,
      tensor.shape,
      transposition(layout, onnxOrder(layout.length)),
    );
  }

  constantOf(value: Value, what: string): ConstantElements {
    return (
      this.numbers(value) ??
      this.refuse("NOT_CONSTANT", `${what} is computed while the network runs`, "Store it as an initialiser.")
    );
  }

  layout(value: Value): Layout {
    return this.placement(value).layout;
  }

  placement(value: Value): Placement {
    const placed = this.#forms.get(value)?.[0] ?? this.#constantPlacement(value);
    if (placed === null) throw new Error(`value ${value.name} was not placed`);
    return placed;
  }

  read(value: Value, layout: Layout): GraphTensor {
    const first = this.placement(value);
    const forms = this.#forms.get(value) as Placement[];
    const same = forms.find((form) => form.scramble === null && form.layout.join() === layout.join());
    if (same !== undefined) return same.tensor;
    const plain = first.scramble === null ? first : this.#unscrambled(value, first, first.scramble);
    const tensor = this.#moved(plain.tensor, this.shape(value), plain.layout, layout);
    forms.push({ tensor, layout, scramble: null });
    return tensor;
  }

  readBroadcast(value: Value, layout: Layout): GraphTensor {
    const shape = this.shape(value);
    if (shape.length === layout.length) return this.read(value, layout);
    const own = this.placement(value).scramble === null ? this.layout(value) : onnxOrder(shape.length);
    const tensor = this.read(value, own);
    const whole = [...new Array<number>(layout.length - shape.length).fill(1), ...shape];
    if (tensor.shape.length === 0 || whole.every((size) => size === 1)) return tensor;
    const from = withLeadingAxes(own, layout.length);
    const moved = this.#moved(this.reshape(tensor, physicalShape(whole, from)), whole, from, layout);
    return this.#withoutLeadingOnes(moved);
  }

  ints(elements: readonly number[]): GraphTensor {
    return intConstant([elements.length], elements);
  }

  floats(shape: readonly number[], elements: ArrayLike<number>): GraphTensor {
    return floatConstant(shape, elements);
  }

  scalar(value: number): GraphTensor {
    return floatConstant([], [value]);
  }

  emit(
    builtin: BuiltinOperator,
    inputs: readonly (GraphTensor | null)[],
    output: OutputOf,
    options?: BuiltinOptions,
  ): GraphTensor {
    return this.emitAll(builtin, inputs, [output], options)[0] as GraphTensor;
  }

  emitAll(
    builtin: BuiltinOperator,
    inputs: readonly (GraphTensor | null)[],
    outputs: readonly OutputOf[],
    options?: BuiltinOptions,
  ): GraphTensor[] {
    const type = builtinOperator(builtin)?.options ?? null;
    const whole = options ?? (type === null ? null : (makeOptions(type) as BuiltinOptions));
    const made = outputs.map(({ shape, type: element = "FLOAT32" }) => graphTensor(element, shape));
    const operator = { builtin, inputs: [...inputs], outputs: made, options: whole };
    const folded = foldOperator(operator);
    if (folded !== null) return [folded];
    requireRank(operator, this);
    this.graph.operators.push(operator);
    for (const tensor of made) this.#producers.set(tensor, builtin);
    return made;
  }

  reshape(tensor: GraphTensor, shape: readonly number[]): GraphTensor {
    if (tensor.shape.join() === shape.join() && tensor.shape.length === shape.length) return tensor;
    if (tensor.constant !== null) return graphTensor(tensor.type, shape, tensor.constant, tensor.name);
    // A shape without sizes would be a constant without bytes, which runtimes take for one that is computed.
    if (shape.length === 0) {
      const squeezed = makeOptions("SqueezeOptions", { squeezeDims: [...onnxOrder(tensor.shape.length)] });
      return this.emit("SQUEEZE", [tensor], { shape, type: tensor.type }, squeezed);
    }
    const options = makeOptions("ReshapeOptions", { newShape: [...shape] });
    return this.emit("RESHAPE", [tensor, this.ints(shape)], { shape, type: tensor.type }, options);
  }

  transpose(tensor: GraphTensor, perm: readonly number[]): GraphTensor {
    if (perm.every((axis, i) => axis === i)) return tensor;
    const shape = perm.map((axis) => tensor.shape[axis] as number);
    if (tensor.constant !== null)
      return graphTensor(tensor.type, shape, transposed(tensor.constant, tensor.shape, perm), tensor.name);
    return this.emit("TRANSPOSE", [tensor, this.ints(perm)], { shape, type: tensor.type });
  }

  place(value: Value, tensor: GraphTensor, layout: Layout, scramble: Scramble | null = null): void {
    if (tensor.name === "") tensor.name = value.name;
    this.#forms.set(value, [{ tensor, layout, scramble }]);
  }

  /** The tensor of an output: one of its own, which neither is fed nor stored nor goes out under another name. */
  ownTensor(tensor: GraphTensor, name: string): GraphTensor {
    const { inputs, outputs } = this.graph;
    if (tensor.constant === null && !inputs.includes(tensor) && !outputs.includes(tensor)) {
      tensor.name = name;
      return tensor;
    }
    const whole = tensor.shape.length === 0 ? [1] : tensor.shape;
    const copied = graphTensor(tensor.type, whole, null);
    const options = makeOptions("ReshapeOptions", { newShape: [...whole] });
    this.graph.operators.push({
      builtin: "RESHAPE",
      inputs: [tensor, this.ints(whole)],
      outputs: [copied],
      options,
    });
    return Object.assign(this.reshape(copied, tensor.shape), { name });
  }

  producedBy(tensor: GraphTensor, builtins: readonly BuiltinOperator[]): boolean {
    const builtin = this.#producers.get(tensor);
    return builtin !== undefined && builtins.includes(builtin);
  }

  isUsed(value: Value): boolean {
    return value.consumers.size > 0 || this.#outputs.has(value);
  }

  refuse(code: TfliteReason, reason: string, unblock: string): never {
    throw new Refused(code, reason, unblock);
  }

  /** Where no element changes its place, RESHAPE does it. */
  #moved(tensor: GraphTensor, shape: readonly number[], from: Layout, to: Layout): GraphTensor {
    if (sameOrder(shape, from, to)) return this.reshape(tensor, physicalShape(shape, to));
    return this.transpose(tensor, transposition(from, to));
  }

  #unscrambled(value: Value, { tensor }: Placement, { sizes, order }: Scramble): Placement {
    const shape = this.shape(value);
    const lead = shape.slice(0, -1);
    const apart = this.reshape(tensor, [...lead, ...physicalShape(sizes, order)]);
    const whole = withLeadingAxes(order, lead.length + order.length);
    const inOrder = this.#moved(apart, [...lead, ...sizes], whole, onnxOrder(whole.length));
    const placed = { tensor: this.reshape(inOrder, shape), layout: onnxOrder(shape.length), scramble: null };
    this.#forms.get(value)?.push(placed);
    return placed;
  }

  #withoutLeadingOnes(tensor: GraphTensor): GraphTensor {
    if (tensor.constant === null) return tensor;
    const first = tensor.shape.findIndex((size) => size !== 1);
    return this.reshape(tensor, tensor.shape.slice(first < 0 ? tensor.shape.length : first));
  }

  #constantPlacement(value: Value): Placement | null {
    const known = this.#forms.get(value)?.[0];
    if (known !== undefined) return known;
    const tensor = storedTensor(value, this);
    if (tensor === null) return null;
    const placed = { tensor, layout: onnxOrder(tensor.shape.length), scramble: null };
    this.#forms.set(value, [placed]);
    return placed;
  }
}
