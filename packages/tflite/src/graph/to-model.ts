// Numbers a graph: tensors, buffers and operator codes get their indices in the order of execution, so the same graph
// gives the same model. Constants with equal elements share a buffer.

import type {
  Metadata,
  Operator,
  OperatorCode,
  TensorMap,
  TfliteBuffer,
  TfliteModel,
  TfliteTensor,
} from "../model.js";
import type { ConstantElements, GraphTensor } from "./graph-tensor.js";
import { operatorVersion } from "./operator-version.js";
import type { TfliteGraph } from "./tflite-graph.js";

export interface GraphNames {
  readonly graph: string;
  readonly description: string;
  /** Under which callers know inputs and outputs, by position. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly metadata: Readonly<Record<string, Uint8Array>>;
}

export function toModel(graph: TfliteGraph, names: GraphNames): TfliteModel {
  const buffers = new BufferTable();
  const tensors: TfliteTensor[] = [];
  const indices = new Map<GraphTensor, number>();
  const indexOf = (tensor: GraphTensor): number => {
    const known = indices.get(tensor);
    if (known !== undefined) return known;
    const index = tensors.length;
    indices.set(tensor, index);
    tensors.push({
      name: tensor.name === "" ? `t${index}` : tensor.name,
      type: tensor.type,
      shape: tensor.shape,
      shapeSignature: [],
      hasRank: true,
      buffer: tensor.constant === null ? 0 : buffers.add(tensor.constant),
      isVariable: false,
      quantization: tensor.quantization,
      sparsity: tensor.sparsity,
    });
    return index;
  };
  const inputs = graph.inputs.map(indexOf);
  const codes: OperatorCode[] = [];
  const operators: Operator[] = graph.operators.map((operator) => ({
    opcodeIndex: codeIndex(codes, {
      builtinCode: operator.builtin,
      customCode: "",
      version: operatorVersion(operator),
    }),
    inputs: operator.inputs.map((input) => (input === null ? -1 : indexOf(input))),
    outputs: operator.outputs.map(indexOf),
    builtinOptions: operator.options,
    customOptions: new Uint8Array(0),
    mutatingVariableInputs: [],
    intermediates: [],
    debugMetadataIndex: -1,
  }));
  const outputs = graph.outputs.map(indexOf);
  const metadata: Metadata[] = Object.entries(names.metadata).map(([name, bytes]) => ({
    name,
    buffer: buffers.add(bytes),
  }));
  return {
    version: 3,
    description: names.description,
    operatorCodes: codes,
    subgraphs: [{ name: names.graph, tensors, inputs, outputs, operators, debugMetadataIndex: -1 }],
    buffers: buffers.list,
    metadata,
    metadataBuffer: [],
    signatureDefs: [
      {
        signatureKey: "serving_default",
        subgraphIndex: 0,
        inputs: mapped(names.inputs, inputs),
        outputs: mapped(names.outputs, outputs),
        deprecatedTag: "",
      },
    ],
  };
}

function mapped(names: readonly string[], indices: readonly number[]): TensorMap[] {
  return names.map((name, i) => ({ name, tensorIndex: indices[i] as number }));
}

function codeIndex(codes: OperatorCode[], code: OperatorCode): number {
  const at = codes.findIndex(
    ({ builtinCode, version }) => builtinCode === code.builtinCode && version === code.version,
  );
  return at >= 0 ? at : codes.push(code) - 1;
}

/** Buffers by content. The first is empty. */
class BufferTable {
  readonly list: TfliteBuffer[] = [{ data: new Uint8Array(0) }];
  readonly #byDigest = new Map<number, number[]>();

  add(elements: ConstantElements): number {
    const data = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
    const digest = digestOf(data);
    const twins = this.#byDigest.get(digest) ?? [];
    const same = twins.find((index) => equalBytes((this.list[index] as TfliteBuffer).data, data));
    if (same !== undefined) return same;
    this.#byDigest.set(digest, [...twins, this.list.length]);
    return this.list.push({ data }) - 1;
  }
}

/** FNV-1a over the length and all bytes; equal digests are compared. */
function digestOf(data: Uint8Array): number {
  let hash = 0x811c9dc5 ^ data.length;
  for (let i = 0; i < data.length; i++) hash = Math.imul(hash ^ (data[i] as number), 0x01000193);
  return hash >>> 0;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
