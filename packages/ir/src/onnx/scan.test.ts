import { describe, expect, it } from "vitest";
import { codeOf, type GraphInit, modelBytes, reluGraph, wire } from "../../testing/onnx-bytes.js";
import { type Limits, NODE_LIMITS } from "../limits.js";
import { scanModel } from "./scan.js";

const GRAPH = 7;

function scan(bytes: Iterable<number>, limits: Partial<Limits> = {}): string {
  return codeOf(() => scanModel(Uint8Array.from(bytes), { ...NODE_LIMITS, ...limits }));
}

/** A graph in which one field is given as `payload`. */
function inGraph(...payload: number[][]): number[] {
  return wire.bytes(GRAPH, payload.flat());
}

/** `n` graphs in one another, by way of a node's attribute. */
function nested(n: number): GraphInit {
  let graph: GraphInit = { name: "innermost" };
  for (let i = 1; i < n; i++) graph = { node: [{ attribute: [{ name: "body", type: 5, g: graph }] }] };
  return graph;
}

describe("scanModel", () => {
  it("passes a model", () => {
    expect(scan(modelBytes(reluGraph()))).toBe("none");
  });

  it("passes fields it does not know, of every wire type", () => {
    const unknown = [
      wire.number(30, 5),
      [...wire.tag(200, 1), 1, 2, 3, 4, 5, 6, 7, 8],
      wire.bytes(31, "later"),
      [...wire.tag(1000, 5), 1, 2, 3, 4],
    ];
    expect(scan([...inGraph(...unknown), ...unknown.flat()])).toBe("none");
  });

  it("refuses a file cut off at any byte inside a record as TRUNCATED", () => {
    const bytes = modelBytes(reluGraph({ name: "a graph", docString: "ü" }), { opsetImport: [] });
    for (let length = 3; length < bytes.byteLength; length++) {
      expect(scan(bytes.subarray(0, length)), `cut at ${length}`).toBe("TRUNCATED");
    }
  });

  it.each([
    ["a record longer than its message", inGraph([...wire.tag(10, 2), 100]).concat(new Array(200).fill(0))],
    ["field number 0", [...wire.tag(0, 0), 1]],
    ["the start of a group", wire.tag(7, 3)],
    ["the end of a group", wire.tag(7, 4)],
    ["an unknown group", [...wire.tag(500, 3), ...wire.tag(500, 4)]],
    ["wire type 6", wire.tag(7, 6)],
    ["wire type 7", wire.tag(7, 7)],
    ["a tag of six bytes", [0x80, 0x80, 0x80, 0x80, 0x80, 0x00]],
    ["a tag beyond 32 bits", [0xff, 0xff, 0xff, 0xff, 0x7f, 0x00]],
    ["a length of six bytes", [...wire.tag(GRAPH, 2), 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]],
    ["a number of eleven bytes", [...wire.tag(1, 0), ...new Array(10).fill(0x80), 0x00]],
    ["a number beyond 64 bits", [...wire.tag(1, 0), ...new Array(9).fill(0x80), 0x02]],
    ["a graph as a number", wire.number(GRAPH, 1)],
    ["a number as text", wire.bytes(1, "8")],
    ["text as a number", wire.number(2, 1)],
    ["text that is not UTF-8", wire.bytes(2, [0xc3, 0x28])],
    ["text cut within a character", wire.bytes(2, [0xe2, 0x82])],
    ["a surrogate", wire.bytes(2, [0xed, 0xa0, 0x80])],
    ["a packed run that ends within a number", inGraph(wire.bytes(5, wire.bytes(1, [0x80])))],
  ])("refuses %s as MALFORMED", (_, bytes) => {
    expect(scan(bytes)).toBe("MALFORMED");
  });

  it("names the message and the byte", () => {
    const bytes = Uint8Array.from(inGraph(wire.bytes(2, [0xff])));
    expect(() => scanModel(bytes, NODE_LIMITS)).toThrow(/GraphProto at byte 2; found text that is not UTF-8/);
  });

  it.each([
    ["number", [...wire.number(1, 8), ...wire.number(1, 8)]],
    ["text", [...wire.bytes(2, "a"), ...wire.bytes(2, "b")]],
    ["message, which some readers merge,", [...inGraph(), ...inGraph()]],
    ["raw_data", inGraph(wire.bytes(5, [...wire.bytes(9, "abcd"), ...wire.bytes(9, "efgh")]))],
  ])("refuses a second %s as AMBIGUOUS", (_, bytes) => {
    expect(scan(bytes)).toBe("AMBIGUOUS");
  });

  it("refuses two members of one oneof as AMBIGUOUS", () => {
    const dimension = [...wire.number(1, 3), ...wire.bytes(2, "N")];
    const type = wire.bytes(1, wire.bytes(2, wire.bytes(1, dimension)));
    expect(scan(inGraph(wire.bytes(11, wire.bytes(2, type))))).toBe("AMBIGUOUS");
  });

  it("takes numbers of attributes packed and unpacked", () => {
    const ints = [...wire.number(8, 1), ...wire.number(8, -1), ...wire.bytes(8, [1, 2, 3])];
    const floats = [...wire.tag(7, 5), 0, 0, 0, 0, ...wire.bytes(7, [0, 0, 0, 0, 0, 0, 0, 0])];
    expect(scan(inGraph(wire.bytes(1, wire.bytes(5, [...ints, ...floats]))))).toBe("none");
  });

  it.each([
    ["float_data", [...wire.tag(4, 5), 0, 0, 128, 63]],
    ["int64_data", wire.number(7, 1)],
    ["double_data", [...wire.tag(10, 1), 0, 0, 0, 0, 0, 0, 0, 0]],
  ])("refuses unpacked %s as UNSUPPORTED", (_, field) => {
    expect(scan(inGraph(wire.bytes(5, field)))).toBe("UNSUPPORTED");
  });

  it("takes as many subgraphs in one another as ONNX Runtime, not one more", () => {
    expect(scan(modelBytes(nested(32)))).toBe("none");
    expect(scan(modelBytes(nested(33)))).toBe("DEPTH_EXCEEDED");
    expect(scan(modelBytes(nested(3)), { subgraphDepth: 1 })).toBe("DEPTH_EXCEEDED");
  });

  it("refuses messages nested deeper than the limit", () => {
    let type: number[] = [];
    for (let i = 0; i < 60; i++) type = wire.bytes(4, wire.bytes(1, type));
    const file = inGraph(wire.bytes(11, wire.bytes(2, type)));
    expect(scan(file)).toBe("DEPTH_EXCEEDED");
    expect(scan(file, { messageDepth: 200 })).toBe("none");
  });

  it.each<[keyof Limits, number[]]>([
    ["nodes", inGraph(wire.bytes(1, []), wire.bytes(1, []), wire.bytes(1, []))],
    ["nodes", wire.bytes(25, [...wire.bytes(7, []), ...wire.bytes(7, []), ...wire.bytes(7, [])])],
    ["initializers", inGraph(wire.bytes(5, []), wire.bytes(15, []), wire.bytes(5, []))],
    ["functions", [...wire.bytes(25, []), ...wire.bytes(25, []), ...wire.bytes(25, [])]],
    ["attributesPerNode", inGraph(wire.bytes(1, [0x2a, 0, 0x2a, 0, 0x2a, 0]))],
    ["inputsPerNode", inGraph(wire.bytes(1, [0x0a, 0, 0x0a, 0, 0x0a, 0]))],
    ["inputsPerNode", inGraph(wire.bytes(1, [0x12, 0, 0x12, 0, 0x12, 0]))],
    ["rank", inGraph(wire.bytes(5, [...wire.number(1, 2), ...wire.number(1, 2), ...wire.number(1, 2)]))],
    ["rank", inGraph(wire.bytes(5, wire.bytes(1, [1, 2, 3])))],
    ["rank", inGraph(wire.bytes(5, [...wire.number(1, 2), ...wire.bytes(1, [1, 2])]))],
    ["nameBytes", wire.bytes(2, "abc")],
    ["textBytes", [...wire.bytes(2, "ab"), ...wire.bytes(6, "c")]],
    ["messages", [...wire.bytes(8, []), ...wire.bytes(8, []), ...wire.bytes(8, []), ...wire.bytes(8, [])]],
  ])("holds the limit %s", (limit, bytes) => {
    expect(scan(bytes)).toBe("none");
    expect(() => scanModel(Uint8Array.from(bytes), { ...NODE_LIMITS, [limit]: 2 })).toThrow(
      new RegExp(`LIMIT_EXCEEDED.*"${limit}".*at most 2; found [34]`),
    );
  });

  it("counts inputs per node, not per file", () => {
    const node = wire.bytes(1, [0x0a, 0, 0x0a, 0]);
    expect(scan(inGraph(node, node, node), { inputsPerNode: 2 })).toBe("none");
  });

  it("does not limit documentation and metadata values like names", () => {
    const long = "d".repeat(5000);
    expect(scan([...wire.bytes(6, long), ...wire.bytes(14, wire.bytes(2, long))])).toBe("none");
    expect(scan(wire.bytes(14, wire.bytes(1, long)))).toBe("LIMIT_EXCEEDED");
  });

  it("refuses 16 MiB of empty messages without decoding them", () => {
    const empty = new Uint8Array(16 * 2 ** 20);
    for (let i = 0; i < empty.length; i += 2) empty[i] = 0x0a; // GraphProto.node, length 0
    const file = Uint8Array.from([...wire.tag(GRAPH, 2), ...wire.varint(empty.length), ...empty]);
    expect(codeOf(() => scanModel(file, { ...NODE_LIMITS, nodes: 1e9 }))).toBe("LIMIT_EXCEEDED");
  });

  it("stops when the signal is given", () => {
    const many = inGraph(...new Array(5000).fill(wire.bytes(1, [])));
    const controller = new AbortController();
    controller.abort();
    expect(codeOf(() => scanModel(Uint8Array.from(many), NODE_LIMITS, controller.signal))).toBe("ABORTED");
  });
});
