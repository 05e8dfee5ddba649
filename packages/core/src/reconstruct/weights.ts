// Reads and writes the weights and bias of a contraction in a model.

import { type Facts, FreshNames, type Model, Node, readFloats, type Tensor, Value } from "@espalier/ir";
import type { Contraction } from "../calibration/contraction.js";
import type { HandlerRegistry } from "../ops/handler.js";
import type { Affine } from "./least-squares.js";
import { type Station, unlessInvalid } from "./stations.js";
import { storeConstant } from "./store-constant.js";
import { isWritable, withValues } from "./with-values.js";

/** Where the bias of a contraction is stored. */
export interface BiasPlace {
  readonly value: Value;
  /** What the stored numbers are multiplied by. */
  readonly scale: number;
  /** True when it is part of the contraction's output, false for an addition or a subtracted mean behind it. */
  readonly inside: boolean;
  /** True when it was not there before. */
  readonly added: boolean;
}

/**
 * The place of a station's bias: its own operand, the mean of a batch normalisation behind it, or a constant that is
 * added behind it. Where there is none it is made, holding zeros: an operand of the node itself, or an Add behind it. null when the bias is computed or shared.
 */
export function biasPlace(
  model: Model,
  station: Station,
  facts: Facts,
  handlers: HandlerRegistry,
): BiasPlace | null {
  const { node, contraction } = station;
  const size = contraction.blocks * contraction.outputs;
  const absorbed =
    node.input(contraction.bias?.index ?? -1) === null ? meanBehind(contraction.y, facts, handlers) : null;
  if (absorbed !== null) return { value: absorbed, scale: -1, inside: false, added: false };
  if (contraction.bias !== null) {
    const { index, scale } = contraction.bias;
    const old = node.input(index);
    if (old === null) {
      const value = zeros(model, `${node.name || contraction.y.name}.bias`, size, facts, contraction);
      node.setInput(index, value);
      return { value, scale, inside: true, added: true };
    }
    if (facts.constant(old)?.size !== size || old.consumers.size !== 1) return null;
    return { value: old, scale, inside: true, added: false };
  }
  const behind = addedConstant(contraction.y, size, facts, handlers);
  if (behind !== null) return { value: behind, scale: 1, inside: false, added: false };
  return { value: addBehind(model, station, size, facts), scale: 1, inside: false, added: true };
}

/** Takes a bias that was made and stayed zero out again. */
export function dropZeroBias(model: Model, station: Station, place: BiasPlace): void {
  if (!place.added || !readFloats(place.value.initializer as Tensor).every((b) => b === 0)) return;
  const { node, contraction } = station;
  if (place.inside && contraction.bias !== null) node.truncateInputs(contraction.bias.index);
  else {
    const [add] = place.value.consumers;
    const sum = add?.output(0);
    if (add === undefined || sum == null) return;
    model.graph.replaceUses(sum, contraction.y);
    model.graph.remove([add]);
    contraction.y.name = sum.name;
  }
  model.graph.initializers.delete(place.value);
}

/** Weights and bias as the contraction uses them. */
export function readAffine(facts: Facts, { contraction }: Station, place: BiasPlace): Affine {
  const matrix = contraction.toMatrix(readFloats(constantOf(facts, contraction.w)));
  const bias = new Float64Array(contraction.blocks * contraction.outputs);
  if (place.inside)
    readFloats(constantOf(facts, place.value)).forEach((b, i) => {
      bias[i] = b * place.scale;
    });
  return { matrix, bias };
}

/** Stores weights and bias, rounded to the element types that are there. What stays the same is not touched. */
export function writeAffine(
  facts: Facts,
  { contraction }: Station,
  place: BiasPlace,
  { matrix, bias }: Affine,
): void {
  const weights = constantOf(facts, contraction.w);
  storeConstant(contraction.w, withValues(weights, contraction.fromMatrix(matrix)));
  const stored = constantOf(facts, place.value);
  const old = place.inside ? null : readFloats(stored);
  storeConstant(
    place.value,
    withValues(
      stored,
      bias.map((b, i) => b / place.scale + (old?.[i] ?? 0)),
    ),
  );
}

function constantOf(facts: Facts, value: Value): Tensor {
  const tensor = value.initializer ?? facts.constant(value);
  if (tensor === null) throw new Error(`"${value.name}" is no constant`);
  return tensor;
}

function zeros(model: Model, name: string, size: number, facts: Facts, { w }: Contraction): Value {
  const template = constantOf(facts, w);
  const tensor = withValues({ dataType: template.dataType, dims: [size], name: "" }, new Float64Array(size));
  return model.graph.addInitializer(new FreshNames(model.graph).fresh(name), tensor);
}

/** The stored mean that is subtracted from a value and from nothing else; null when there is none. */
function meanBehind(y: Value, facts: Facts, handlers: HandlerRegistry): Value | null {
  const [reader, ...others] = y.consumers;
  if (reader === undefined || others.length > 0 || reader.graph === null) return null;
  const handler = handlers.find(reader);
  const statistics = unlessInvalid(() =>
    handler?.runningStatistics?.(handler.definition.view(reader, facts), facts),
  );
  if (statistics == null || statistics.x !== y || statistics.mean.consumers.size !== 1) return null;
  return isWritable(facts.constant(statistics.mean)?.dataType) ? statistics.mean : null;
}

/** The constant vector that is added to a value and to nothing else; null when there is none. */
function addedConstant(y: Value, size: number, facts: Facts, handlers: HandlerRegistry): Value | null {
  const [reader, ...others] = y.consumers;
  if (reader === undefined || others.length > 0 || reader.graph === null) return null;
  const handler = handlers.find(reader);
  const addends = handler?.addends?.(handler.definition.view(reader, facts));
  const other = addends?.length === 2 ? addends.find((operand) => operand !== y) : undefined;
  if (other === undefined || other.consumers.size !== 1) return null;
  const tensor = facts.constant(other);
  if (tensor === null || tensor.size !== size || tensor.dims.at(-1) !== size) return null;
  return other.initializer !== null || other.producer?.inputs.length === 0 ? other : null;
}

function addBehind(model: Model, { node, contraction }: Station, size: number, facts: Facts): Value {
  const { graph } = model;
  const names = new FreshNames(graph);
  const name = `${node.name || contraction.y.name}.bias`;
  const bias = zeros(model, name, size, facts, contraction);
  const { y } = contraction;
  // The sum takes the name: it may be an output of the graph.
  const shifted = new Value(y.name, y.type);
  y.name = names.fresh(`${y.name}_unbiased`);
  graph.replaceUses(y, shifted);
  const add = new Node({ opType: "Add", inputs: [y, bias], outputs: [shifted], name: names.fresh(name) });
  graph.add(add);
  const order = [...graph.nodes].filter((one) => one !== add);
  graph.reorder(order.toSpliced(order.indexOf(node) + 1, 0, add));
  return bias;
}
