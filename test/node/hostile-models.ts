// Small models that hurt whoever runs them: all valid, all a few hundred bytes but for the long chain.

import {
  boolTensor,
  concatChunks,
  DataType,
  Graph,
  GraphBuilder,
  int64Tensor,
  writeModel,
} from "@espalier/ir";

/** 6.4 GB of zeros from 100 bytes; other sizes for smaller harm. */
export function constantOfShape(rows: number, columns: number): Uint8Array {
  return build((graph) => {
    const shape = graph.weight("shape", int64Tensor([2], [rows, columns]));
    graph.output(graph.op("ConstantOfShape", [shape]), "y");
  });
}

/** A Loop of 2^62 steps. */
export function endlessLoop(): Uint8Array {
  const body = new Graph("body");
  const scalar = (dataType: number) => ({ kind: "tensor", dataType, shape: [] }) as const;
  body.addInput("step", scalar(DataType.INT64));
  const condition = body.addInput("condition", scalar(DataType.BOOL));
  const state = body.addInput("state", { kind: "tensor", dataType: DataType.FLOAT, shape: [1] });
  const inner = new GraphBuilder(body);
  inner.output(inner.op("Identity", [condition]), "go_on", DataType.BOOL);
  inner.output(inner.op("Add", [state, state]), "next");
  return build((graph) => {
    const trips = graph.weight("trips", int64Tensor([], [2n ** 62n]));
    const start = graph.weight("start", boolTensor([], [true]));
    const attributes = { body: { value: { kind: "graph", value: body } } } as const;
    graph.output(graph.op("Loop", [trips, start, graph.input("x", [1])], { attributes }), "y");
  });
}

/** Functions that call the one before twice: creating the session takes 2^depth steps. */
export function doublingFunctions(depth: number): Uint8Array {
  const graph = new GraphBuilder();
  graph.output(graph.op(`F${depth}`, [graph.input("x", [1])], { domain: "f" }), "y");
  const model = graph.model();
  model.opsets.set("f", 1);
  // One protobuf message after another is their union: the functions (field 25) are appended.
  const functions = Array.from({ length: depth + 1 }, (_, i) => field(25, functionBytes(i)));
  return concatChunks([...writeModel(model).chunks, ...functions]);
}

function functionBytes(level: number): Uint8Array {
  const calls =
    level === 0 ? [node("Relu", "a", "b", "")] : [call(level - 1, "a", "t"), call(level - 1, "t", "b")];
  return concatChunks([
    text(1, `F${level}`),
    text(4, "a"),
    text(5, "b"),
    ...calls.map((bytes) => field(7, bytes)),
    field(9, Uint8Array.of(2 << 3, 17)), // ai.onnx 17
    field(9, concatChunks([text(1, "f"), Uint8Array.of(2 << 3, 1)])),
    text(10, "f"),
  ]);
}

/** A chain of `length` Relu. */
export function longChain(length: number): Uint8Array {
  const graph = concatChunks([
    ...Array.from({ length }, (_, i) => field(1, node("Relu", `v${i}`, `v${i + 1}`, ""))),
    text(2, "chain"),
    field(11, port("v0")),
    field(12, port(`v${length}`)),
  ]);
  return concatChunks([Uint8Array.of(1 << 3, 8), field(7, graph), field(8, Uint8Array.of(2 << 3, 17))]);
}

/** y = x + w, where w lies in the file `location`, which nobody hands over. */
export function externalWeight(location: string): Uint8Array {
  const tensor = concatChunks([
    Uint8Array.of(1 << 3, 1, 2 << 3, 1),
    text(8, "w"),
    field(13, concatChunks([text(1, "location"), text(2, location)])),
    Uint8Array.of(14 << 3, 1),
  ]);
  const graph = concatChunks([
    field(1, concatChunks([text(1, "x"), text(1, "w"), text(2, "y"), text(4, "Add")])),
    text(2, "external"),
    field(5, tensor),
    field(11, port("x")),
    field(12, port("y")),
  ]);
  return concatChunks([Uint8Array.of(1 << 3, 8), field(7, graph), field(8, Uint8Array.of(2 << 3, 17))]);
}

function build(make: (graph: GraphBuilder) => void): Uint8Array {
  const graph = new GraphBuilder();
  make(graph);
  return concatChunks(writeModel(graph.model()).chunks);
}

// The wire format, as far as the models above need it.

const call = (level: number, input: string, output: string) => node(`F${level}`, input, output, "f");

function node(opType: string, input: string, output: string, domain: string): Uint8Array {
  const parts = [text(1, input), text(2, output), text(4, opType)];
  return concatChunks(domain === "" ? parts : [...parts, text(7, domain)]);
}

/** ValueInfo of a float vector of one element. */
function port(name: string): Uint8Array {
  const dim = field(1, Uint8Array.of(1 << 3, 1));
  const tensor = concatChunks([Uint8Array.of(1 << 3, 1), field(2, dim)]);
  return concatChunks([text(1, name), field(2, field(1, tensor))]);
}

const text = (number: number, value: string) => field(number, new TextEncoder().encode(value));

function field(number: number, bytes: Uint8Array): Uint8Array {
  return concatChunks([Uint8Array.from([...varint((number << 3) | 2), ...varint(bytes.length)]), bytes]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
