// Compares models field by field, for tests. Tensors are compared by their bytes, values by what they are connected
// to. Gives the path of every difference, so that an expectation on it says what is wrong.

import { type Message, toBinary } from "@bufbuild/protobuf";
import { dimText } from "../src/dim.js";
import type { Attribute } from "../src/graph/attribute.js";
import type { Graph } from "../src/graph/graph.js";
import type { Model } from "../src/graph/model.js";
import type { Value, ValueType } from "../src/graph/value.js";
import { file_onnx } from "../src/onnx/onnx_pb.js";
import type { Tensor } from "../src/tensor.js";

/** Paths at which `a` and `b` differ; none for equal models. */
export function differences(a: Model, b: Model): string[] {
  const found: string[] = [];
  compare(describeModel(a), describeModel(b), "model", found);
  return found;
}

function compare(a: unknown, b: unknown, path: string, found: string[]): void {
  if (isMessage(a) && isMessage(b)) {
    const schema = file_onnx.messages.find(({ typeName }) => typeName === a.$typeName);
    if (
      a.$typeName === b.$typeName &&
      schema !== undefined &&
      sameBytes(toBinary(schema, a), toBinary(schema, b))
    )
      return;
    const nested = schema === undefined && JSON.stringify(a, plain) === JSON.stringify(b, plain);
    if (!nested) found.push(path);
  } else if (a instanceof Uint8Array && b instanceof Uint8Array) {
    if (!sameBytes(a, b)) found.push(path);
  } else if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) found.push(`${path}.length`);
    else
      a.forEach((item, i) => {
        compare(item, b[i], `${path}[${i}]`, found);
      });
  } else if (isRecord(a) && isRecord(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      compare(a[key], b[key], `${path}.${key}`, found);
    }
  } else if (!Object.is(a, b)) found.push(path);
}

function describeModel(model: Model): unknown {
  const { irVersion, producerName, producerVersion, domain, modelVersion, docString } = model;
  return {
    irVersion,
    producerName,
    producerVersion,
    domain,
    modelVersion,
    docString,
    opsets: [...model.opsets],
    metadataProps: [...model.metadataProps],
    functions: model.functions,
    message: (model.residue as { message?: unknown } | undefined)?.message,
    graph: describeGraph(model.graph),
  };
}

function describeGraph(graph: Graph): unknown {
  return {
    name: graph.name,
    docString: graph.docString,
    metadataProps: [...graph.metadataProps],
    residue: graph.residue,
    inputs: graph.inputs.map(describeValue),
    outputs: graph.outputs.map(describeValue),
    initializers: [...graph.initializers].map(describeValue),
    nodes: [...graph.nodes].map((node) => ({
      opType: node.opType,
      domain: node.domain,
      overload: node.overload,
      name: node.name,
      docString: node.docString,
      metadataProps: [...node.metadataProps],
      residue: node.residue,
      inputs: node.inputs.map((value) => value && nameOf(value)),
      outputs: node.outputs.map((value) => value && describeValue(value)),
      attributes: [...node.attributes].map(([name, attribute]) => [name, describeAttribute(attribute)]),
    })),
  };
}

/** What a value is connected to; names may repeat in subgraphs. */
function nameOf(value: Value): string {
  const origin =
    value.producer === null ? "" : ` of ${[...(value.producer.graph?.nodes ?? [])].indexOf(value.producer)}`;
  return `${value.name}${origin}, read ${value.consumers.size} times`;
}

function describeValue(value: Value): unknown {
  return {
    name: nameOf(value),
    type: describeType(value.type),
    docString: value.docString,
    metadataProps: [...value.metadataProps],
    residue: value.residue,
    initializer: value.initializer && describeTensor(value.initializer),
    sparse: describeSparse(value.sparseInitializer),
  };
}

function describeType(type: ValueType | null): unknown {
  if (type?.kind !== "tensor") return type;
  const residue = (type.residue as { proto?: unknown } | undefined)?.proto;
  return { dataType: type.dataType, shape: type.shape?.map(dimText), residue };
}

function describeSparse(sparse: unknown): unknown {
  if (sparse === undefined) return undefined;
  const { values, indices, dims, residue } = sparse as {
    values: Tensor;
    indices: Tensor;
    dims: readonly bigint[];
    residue: unknown;
  };
  return { values: describeTensor(values), indices: describeTensor(indices), dims, residue };
}

function describeTensor(tensor: Tensor): unknown {
  const { storage } = tensor;
  const inside = storage.kind === "external" ? "raw" : storage.kind;
  return {
    dataType: tensor.dataType,
    dims: tensor.dims,
    name: tensor.name,
    docString: tensor.docString,
    metadataProps: [...tensor.metadataProps],
    residue: tensor.residue,
    kind: inside,
    chunks: storage.kind === "typed" ? storage.chunks : undefined,
    bytes: storage.kind === "strings" ? storage.strings : tensor.bytes(),
  };
}

function describeAttribute({ value, docString, residue }: Attribute): unknown {
  const shared = { kind: value.kind, docString, residue };
  switch (value.kind) {
    case "tensor":
      return { ...shared, value: describeTensor(value.value) };
    case "tensors":
      return { ...shared, value: value.value.map(describeTensor) };
    case "graph":
      return { ...shared, value: describeGraph(value.value) };
    case "graphs":
      return { ...shared, value: value.value.map(describeGraph) };
    default:
      return { ...shared, value: value.value };
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function isMessage(value: unknown): value is Message {
  return isRecord(value) && typeof value.$typeName === "string";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function plain(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
