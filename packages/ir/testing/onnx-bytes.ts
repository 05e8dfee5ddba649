// ONNX files for tests: small ones from plain objects, hostile ones byte by byte.

import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { isEspalierError } from "../src/errors.js";
import {
  type GraphProtoSchema,
  ModelProtoSchema,
  type NodeProtoSchema,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from "../src/onnx/onnx_pb.js";

export type GraphInit = MessageInitShape<typeof GraphProtoSchema>;
export type NodeInit = MessageInitShape<typeof NodeProtoSchema>;
export type TensorInit = MessageInitShape<typeof TensorProtoSchema>;
export type ValueInfoInit = MessageInitShape<typeof ValueInfoProtoSchema>;
export type ModelInit = MessageInitShape<typeof ModelProtoSchema>;

/** A model of IR 8, opset 17, with one graph. */
export function modelBytes(graph: GraphInit, rest: ModelInit = {}): Uint8Array {
  const init = { irVersion: 8n, opsetImport: [{ version: 17n }], graph, ...rest } as ModelInit;
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, init));
}

/** x → Relu → y, with whatever `extra` adds. */
export function reluGraph(extra: GraphInit = {}): GraphInit {
  return { input: [floats("x")], output: [floats("y")], node: [unary("x", "y")], ...extra } as GraphInit;
}

/** Declares a float tensor; strings are symbolic dimensions, null a dimension left out. */
export function floats(name: string, dims: readonly (number | string | null)[] = [1]): ValueInfoInit {
  const dim = dims.map((d) => {
    if (d === null) return {};
    if (typeof d === "string") return { value: { case: "dimParam" as const, value: d } };
    return { value: { case: "dimValue" as const, value: BigInt(d) } };
  });
  return { name, type: { value: { case: "tensorType", value: { elemType: 1, shape: { dim } } } } };
}

export function unary(input: string, output: string, opType = "Relu"): NodeInit {
  return { opType, input: [input], output: [output] };
}

/** An If on the value "c" whose branches are `then` and `otherwise`. */
export function branch(output: string, then: GraphInit, otherwise: GraphInit): NodeInit {
  return {
    opType: "If",
    input: ["c"],
    output: [output],
    attribute: [
      { name: "then_branch", type: 5, g: then },
      { name: "else_branch", type: 5, g: otherwise },
    ],
  };
}

/** A float tensor in raw form, filled with zeros. */
export function zeros(name: string, dims: readonly number[] = [1]): TensorInit {
  const size = dims.reduce((product, d) => product * d, 1);
  return { name, dataType: 1, dims: dims.map(BigInt), rawData: new Uint8Array(4 * size) };
}

/** Code of the EspalierError that `action` throws; "none" when it throws nothing. Other errors pass. */
export function codeOf(action: () => unknown): string {
  try {
    action();
    return "none";
  } catch (error) {
    if (isEspalierError(error)) return error.code;
    throw error;
  }
}

/** The wire format, piece by piece. */
export const wire = {
  varint(value: number | bigint): number[] {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
    return bytes;
  },
  tag(field: number, type: number): number[] {
    return wire.varint(field * 8 + type);
  },
  number(field: number, value: number | bigint): number[] {
    return [...wire.tag(field, 0), ...wire.varint(value)];
  },
  bytes(field: number, payload: Iterable<number> | string): number[] {
    const content = typeof payload === "string" ? [...new TextEncoder().encode(payload)] : [...payload];
    return [...wire.tag(field, 2), ...wire.varint(content.length), ...content];
  },
};
