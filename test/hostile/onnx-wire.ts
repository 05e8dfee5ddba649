// ONNX messages on the wire-level builder: one function per message, field numbers written out. Everything is
// optional and anything can be appended, so that a file can be wrong in exactly one place.

import { concat, int, len, text, varint } from "./wire.js";

type Bytes = Uint8Array;

const FLOAT = 1;

export interface TensorFields {
  readonly name?: string;
  readonly dims?: readonly (number | bigint)[];
  readonly type?: number;
  readonly raw?: Bytes;
  /** Further fields, encoded. */
  readonly more?: readonly Bytes[];
}

/** TensorProto without its header. */
export function tensor({ name, dims = [], type = FLOAT, raw, more = [] }: TensorFields): Bytes {
  return concat(
    ...dims.map((dim) => int(1, dim)),
    int(2, type),
    ...(name === undefined ? [] : [text(8, name)]),
    ...(raw === undefined ? [] : [len(9, raw)]),
    ...more,
  );
}

/** An initialiser of `dims` zeros. */
export function zeros(name: string, dims: readonly number[]): Bytes {
  const size = dims.reduce((product, dim) => product * dim, 1);
  return tensor({ name, dims, raw: new Uint8Array(4 * size) });
}

export function externalTensor(
  name: string,
  dims: readonly number[],
  entries: readonly (readonly [string, string])[],
  more: readonly Bytes[] = [],
): Bytes {
  const data = entries.map(([key, value]) => len(13, text(1, key), text(2, value)));
  return tensor({ name, dims, more: [...data, int(14, 1), ...more] });
}

/** NodeProto without its header. */
export function node(
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  ...more: readonly Bytes[]
): Bytes {
  return concat(
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, opType),
    ...more,
  );
}

/** A field `attribute` of a node. */
export function attribute(name: string, type: number, ...value: readonly Bytes[]): Bytes {
  return len(5, text(1, name), int(20, type), ...value);
}

export function intAttr(name: string, value: number | bigint): Bytes {
  return attribute(name, 2, int(3, value));
}

export function tensorAttr(name: string, value: Bytes): Bytes {
  return attribute(name, 4, len(5, value));
}

export function graphAttr(name: string, graph: Bytes): Bytes {
  return attribute(name, 5, len(6, graph));
}

/** ValueInfoProto without its header; a string is a symbolic dimension. */
export function valueInfo(
  name: string,
  shape: readonly (number | bigint | string)[] = [1],
  type = FLOAT,
): Bytes {
  const dims = shape.map((dim) => len(1, typeof dim === "string" ? text(2, dim) : int(1, dim)));
  return concat(text(1, name), len(2, len(1, int(1, type), len(2, ...dims))));
}

export interface GraphFields {
  readonly nodes?: readonly Bytes[];
  readonly initializers?: readonly Bytes[];
  readonly inputs?: readonly Bytes[];
  readonly outputs?: readonly Bytes[];
  readonly values?: readonly Bytes[];
  readonly more?: readonly Bytes[];
}

/** GraphProto without its header. Without fields: x → Relu → y. */
export function graph({
  nodes = [node("Relu", ["x"], ["y"])],
  initializers = [],
  inputs = [valueInfo("x")],
  outputs = [valueInfo("y")],
  values = [],
  more = [],
}: GraphFields = {}): Bytes {
  return concat(
    ...nodes.map((one) => len(1, one)),
    text(2, "g"),
    ...initializers.map((one) => len(5, one)),
    ...inputs.map((one) => len(11, one)),
    ...outputs.map((one) => len(12, one)),
    ...values.map((one) => len(13, one)),
    ...more,
  );
}

export function opset(version: number | bigint, domain = ""): Bytes {
  return len(8, text(1, domain), int(2, version));
}

/** A whole file around a graph. */
export function model(content: Bytes, ...more: readonly Bytes[]): Bytes {
  return concat(int(1, 8), len(7, content), opset(17), ...more);
}

/** A whole file: the small good graph with something changed. */
export function modelOf(fields: GraphFields = {}, ...more: readonly Bytes[]): Bytes {
  return model(graph(fields), ...more);
}

/** A field `functions` of a model. */
export function localFunction(
  name: string,
  nodes: readonly Bytes[],
  {
    inputs = ["a"],
    outputs = ["b"],
    domain = "f",
  }: { inputs?: string[]; outputs?: string[]; domain?: string } = {},
  ...more: readonly Bytes[]
): Bytes {
  return len(
    25,
    text(1, name),
    ...inputs.map((one) => text(4, one)),
    ...outputs.map((one) => text(5, one)),
    ...nodes.map((one) => len(7, one)),
    len(9, text(1, ""), int(2, 17)),
    len(9, text(1, domain), int(2, 1)),
    text(10, domain),
    ...more,
  );
}

/** A node that calls a local function. */
export function call(
  name: string,
  inputs: readonly string[],
  outputs: readonly string[],
  domain = "f",
): Bytes {
  return node(name, inputs, outputs, text(7, domain));
}

/** A packed run of varints. */
export function packed(field: number, values: readonly (number | bigint)[]): Bytes {
  return len(field, ...values.map((value) => varint(value)));
}
