// From an ONNX model to a TFLite file: every node is lowered to a typed graph, the graph is simplified, packed to a
// precision and written. A model with a node that has no form in TFLite gives no file, but the reasons, for all of them.

import {
  EspalierError,
  type Facts,
  inferFacts,
  isEspalierError,
  type Limits,
  type Model,
  type Node,
  resolveBindings,
  type UnboundDimension,
} from "@espalier/ir";
import { type GraphTensor, graphTensor } from "../graph/graph-tensor.js";
import type { TfliteGraph } from "../graph/tflite-graph.js";
import { toModel } from "../graph/to-model.js";
import { channelsLast, type Layout, onnxOrder, physicalShape } from "../layout/layout.js";
import { defaultLowerings } from "../lower/all.js";
import { GraphLowerer } from "../lower/graph-lowerer.js";
import type { LoweringRegistry } from "../lower/lowering.js";
import { type LoweringRefusal, Refused, TFLITE_REASONS } from "../lower/refusal.js";
import { simplify } from "../passes/all.js";
import { type Precision, packWeights } from "../precision/pack-weights.js";
import { bitsOfTensorType } from "../schema/tensor-type.js";
import type { SparseFailure } from "../sparse/conditions.js";
import { type DensifiedWeights, densify, requireDensified } from "../sparse/densify.js";
import { writeTflite } from "../write-tflite.js";
import { imageInputs } from "./image-inputs.js";
import {
  INTERFACE_METADATA,
  interfaceMetadata,
  type TensorInterface,
  type TfliteInterface,
  tensorInterface,
} from "./io.js";
import { neededNodes } from "./needed-nodes.js";

export interface ExportTfliteOptions {
  /** Sizes of symbolic dimensions, as for `--dim`. A leading batch is 1. */
  readonly bindings?: Readonly<Record<string, number>>;
  readonly precision?: Precision;
  /** "nhwc": images go in and come out channels last, as TFLite computes. "nchw": as in ONNX, by a TRANSPOSE each. */
  readonly ioLayout?: "nhwc" | "nchw";
  /**
   * "densify": zeros of 1x1 convolutions are stored as nothing, behind DENSIFY, so that XNNPACK skips them. Refused where
   * it would not (docs/tflite-sparsity.md).
   *
   * @default "none"
   */
  readonly sparse?: Sparse;
  readonly lowerings?: LoweringRegistry;
  readonly limits?: Partial<Limits>;
}

export const SPARSE = ["none", "densify"] as const;

export type Sparse = (typeof SPARSE)[number];

export interface ExportedTflite {
  /** null where something was refused. */
  readonly bytes: Uint8Array | null;
  readonly io: TfliteInterface;
  readonly refused: readonly (LoweringRefusal | SparseFailure)[];
  /** Bytes that TRANSPOSE moves in each run. */
  readonly transposedBytes: number;
  /** What is stored sparse; null where nothing is. */
  readonly sparse: DensifiedWeights | null;
}

/**
 * @throws EspalierError `SIZE_UNKNOWN` for an input dimension that nothing binds, `INVALID_OPTION` for a binding that fits
 *   none
 */
export function exportTflite(model: Model, options: ExportTfliteOptions = {}): ExportedTflite {
  const { graph, io, refused } = lowerModel(model, options);
  const none = { bytes: null, io, transposedBytes: 0, sparse: null };
  if (graph === null) return { ...none, refused };
  packWeights(graph, options.precision ?? "float32");
  const sparse = options.sparse === "densify" ? densify(graph) : null;
  if (sparse !== null && "failures" in sparse) return { ...none, refused: sparse.failures };
  return { ...writeGraph(model, graph, io, options), sparse };
}

/** A model as a simplified float graph; null where something was refused. */
export interface LoweredModel {
  readonly graph: TfliteGraph | null;
  readonly io: TfliteInterface;
  readonly refused: readonly LoweringRefusal[];
}

export function lowerModel(model: Model, options: ExportTfliteOptions): LoweredModel {
  const { bindings, unbound } = resolveBindings(model, options.bindings ?? {});
  if (unbound[0] !== undefined) throw unboundDimension(unbound);
  const facts = inferFacts(model, { bindings, ...(options.limits && { limits: options.limits }) });
  const registry = options.lowerings ?? defaultLowerings();
  const lowerer = new GraphLowerer(facts, new Set(model.graph.outputs));
  const refused: LoweringRefusal[] = [];
  const channelsFirst = options.ioLayout === "nchw";
  const inputs =
    attempt(refused, null, () => placeInputs(model, facts, lowerer, registry, channelsFirst)) ?? [];
  for (const node of refused.length > 0 ? [] : neededNodes(model, facts)) {
    // Already told of: what it reads has no form.
    if (lowerer.lacks(node)) lowerer.lose(node);
    else if (attempt(refused, node, () => lowerNode(node, lowerer, registry) ?? true) === null)
      lowerer.lose(node);
  }
  const empty = { graph: null, io: { inputs, outputs: [] }, refused };
  if (refused.length > 0) return empty;
  const outputs = attempt(refused, null, () => placeOutputs(model, facts, lowerer, channelsFirst));
  if (outputs === null) return empty;
  simplify(lowerer.graph);
  return { graph: lowerer.graph, io: { inputs, outputs }, refused };
}

/** The file of the graph that a model was lowered to. */
export function writeGraph(
  model: Pick<Model, "metadataProps">,
  graph: TfliteGraph,
  io: TfliteInterface,
  options: Pick<ExportTfliteOptions, "limits">,
): ExportedTflite {
  requireDensified(graph);
  const written = toModel(graph, {
    graph: "main",
    description: "Made by Espalier",
    inputs: io.inputs.map(({ name }) => name),
    outputs: io.outputs.map(({ name }) => name),
    metadata: { [INTERFACE_METADATA]: interfaceMetadata(io), ...stamps(model) },
  });
  const bytes = writeTflite(written, { ...(options.limits && { limits: options.limits }) });
  const transposedBytes = graph.operators
    .filter(({ builtin }) => builtin === "TRANSPOSE")
    .reduce((sum, { outputs: [output] }) => sum + (output === undefined ? 0 : bytesOf(output)), 0);
  return { bytes, io, refused: [], transposedBytes, sparse: null };
}

function bytesOf({ type, shape }: GraphTensor): number {
  return shape.reduce((product, size) => product * size, (bitsOfTensorType(type) ?? 0) / 8);
}

/** What names source and plan of a pruned network, under the same keys. */
function stamps({ metadataProps }: Pick<Model, "metadataProps">): Record<string, Uint8Array> {
  const own = [...metadataProps].filter(([key]) => key.startsWith("espalier."));
  return Object.fromEntries(own.map(([key, text]) => [key, new TextEncoder().encode(text)]));
}

function lowerNode(node: Node, lowerer: GraphLowerer, registry: LoweringRegistry): void {
  lowerer.enter(node);
  const lowering = registry.find(node);
  if (lowering === null)
    throw new Refused(
      "OP_NOT_LOWERED",
      "no lowering describes this operator",
      TFLITE_REASONS.OP_NOT_LOWERED.unblock,
    );
  lowering.lower(lowering.definition.view(node, lowerer.facts), lowerer);
}

/** Runs some work; a refusal is written down for the node, and null is the answer. */
function attempt<T>(refused: LoweringRefusal[], node: Node | null, work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    const names = { node: node?.name || (node?.output(0)?.name ?? ""), opType: node?.opType ?? "" };
    if (error instanceof Refused) {
      const { code, message: reason, unblock } = error;
      refused.push({ ...names, code, reason, unblock });
    } else if (isEspalierError(error, "INVALID_NODE"))
      refused.push({
        ...names,
        code: "INVALID_NODE",
        reason: error.message,
        unblock: "Export the network again.",
      });
    else throw error;
    return null;
  }
}

function placeInputs(
  model: Model,
  facts: Facts,
  lowerer: GraphLowerer,
  registry: LoweringRegistry,
  channelsFirst: boolean,
): TensorInterface[] {
  const inputs = model.graph.inputs.filter(({ initializer }) => initializer === null);
  const images = imageInputs(model, inputs, (value) => facts.shape(value)?.length ?? 0, registry);
  return inputs.map((input) => {
    const shape = lowerer.shape(input);
    const layout: Layout =
      images.has(input) && !channelsFirst ? channelsLast(shape.length) : onnxOrder(shape.length);
    const tensor = graphTensor(lowerer.type(input), physicalShape(shape, layout), null, input.name);
    lowerer.graph.inputs.push(tensor);
    lowerer.place(input, tensor, layout);
    return tensorInterface(input.name, shape, facts.dataType(input), layout, tensor.type);
  });
}

/** Images come out as they lie where that is channels last. */
function placeOutputs(
  { graph }: Model,
  facts: Facts,
  lowerer: GraphLowerer,
  channelsFirst: boolean,
): TensorInterface[] {
  return graph.outputs.map((output) => {
    const shape = lowerer.shape(output);
    const { layout: own, scramble } = lowerer.placement(output);
    const image = shape.length === 4 && scramble === null && own.join() === channelsLast(4).join();
    const layout = image && !channelsFirst ? own : onnxOrder(shape.length);
    const tensor = lowerer.ownTensor(lowerer.read(output, layout), output.name);
    lowerer.graph.outputs.push(tensor);
    return tensorInterface(output.name, shape, facts.dataType(output), layout, tensor.type);
  });
}

function unboundDimension(unbound: readonly UnboundDimension[]): EspalierError {
  const [first] = unbound as [UnboundDimension];
  return new EspalierError("SIZE_UNKNOWN", "A TFLite file has fixed sizes", {
    value: first.input,
    where: `axis ${first.axis} of the input`,
    expected: "a number",
    found: first.symbol,
    unblock: `Give it one: ${unbound.map(({ option }) => `--dim ${JSON.stringify(option)}=N`).join(" ")}.`,
  });
}
