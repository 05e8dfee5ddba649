// The encoding itself: truncation, lengths, wire types, overlong numbers, depth, width.

import { hostile, overLimit } from "../case.js";
import { graph, model, modelOf, node, opset, valueInfo } from "../onnx-wire.js";
import { bytes, claimedLen, concat, FIXED32, FIXED64, GROUP, GROUP_END, int, LENGTH, len, repeat, tag, text, utf8, VARINT, varint } from "../wire.js"; // biome-ignore format: a list

const good = modelOf();
const MIB = 2 ** 20;

export const WIRE_CASES = [
  hostile("empty file", "TRUNCATED", () => bytes()),
  hostile("one byte of a tag", "TRUNCATED", () => bytes(0x88)),
  hostile("a tag without a value", "TRUNCATED", () => bytes(0x08)),
  hostile("a length without content", "TRUNCATED", () => bytes(0x3a, 0x05)),
  hostile("last byte missing", "TRUNCATED", () => good.slice(0, -1)),
  hostile("half of the file", "TRUNCATED", () => good.slice(0, good.byteLength >> 1)),
  hostile("length past the end", "TRUNCATED", () => concat(good, claimedLen(2, 100, utf8("x")))),
  hostile("length 2^31 - 1", "TRUNCATED", () => concat(good, claimedLen(2, 2 ** 31 - 1))),
  hostile("length 2^32 - 1", "TRUNCATED", () => concat(good, claimedLen(2, 2 ** 32 - 1))),
  hostile("length 2^40", "MALFORMED", () => concat(good, claimedLen(2, 2 ** 40))),
  hostile("length -1", "MALFORMED", () => concat(good, claimedLen(2, -1n))),
  hostile("length past its message", "MALFORMED", () =>
    concat(model(concat(graph(), claimedLen(10, 4))), text(2, "pad")),
  ),
  hostile("fixed64 cut off", "TRUNCATED", () => concat(good, tag(99, FIXED64), bytes(1, 2, 3))),
  hostile("fixed32 cut off", "TRUNCATED", () => concat(good, tag(99, FIXED32), bytes(1, 2))),
  hostile("varint of eleven bytes", "MALFORMED", () => concat(tag(1, VARINT), varint(8, 11))),
  hostile("varint above 64 bits", "MALFORMED", () =>
    concat(tag(5, VARINT), bytes(255, 255, 255, 255, 255, 255, 255, 255, 255, 2), good),
  ),
  hostile("varint overlong in ten bytes", "opens", () =>
    concat(tag(1, VARINT), varint(8, 10), len(7, graph()), opset(17)),
  ),
  hostile("tag of six bytes", "MALFORMED", () => concat(tag(2, LENGTH, 6), varint(0), good)),
  hostile("length of six bytes", "MALFORMED", () => concat(tag(2, LENGTH), varint(0, 6), good)),
  hostile("tag padded to five bytes", "opens", () => concat(tag(2, LENGTH, 5), varint(0), good)),
  hostile("field number 0", "MALFORMED", () => concat(good, bytes(0x02, 0x00))),
  hostile("group", "MALFORMED", () => concat(good, tag(99, GROUP), tag(99, GROUP_END))),
  hostile("end of a group alone", "MALFORMED", () => concat(good, tag(99, GROUP_END))),
  hostile("200 000 groups", "MALFORMED", () => concat(good, repeat(tag(99, GROUP), 200_000)), {
    amplifies: true,
  }),
  hostile("wire type 6", "MALFORMED", () => concat(good, tag(99, 6))),
  hostile("wire type 7", "MALFORMED", () => concat(good, tag(99, 7))),
  hostile("graph as a number", "MALFORMED", () => concat(int(1, 8), int(7, 3), opset(17))),
  hostile("ir_version as text", "MALFORMED", () => concat(text(1, "8"), len(7, graph()), opset(17))),
  hostile("producer as a number", "MALFORMED", () => concat(good, int(2, 3))),
  hostile("name as fixed32", "MALFORMED", () => model(concat(graph(), tag(10, FIXED32), bytes(0, 0, 0, 0)))),
  hostile("ir_version twice", "AMBIGUOUS", () => concat(int(1, 8), good)),
  hostile("two graphs", "AMBIGUOUS", () => concat(good, len(7, graph()))),
  hostile("op_type twice", "AMBIGUOUS", () =>
    modelOf({ nodes: [node("Relu", ["x"], ["y"], text(4, "Neg"))] }),
  ),
  hostile("both cases of a dimension", "AMBIGUOUS", () =>
    modelOf({
      inputs: [concat(text(1, "x"), len(2, len(1, int(1, 1), len(2, len(1, int(1, 3), text(2, "N"))))))],
    }),
  ),
  hostile("both cases of a type", "AMBIGUOUS", () =>
    modelOf({ inputs: [concat(text(1, "x"), len(2, len(1, int(1, 1)), len(4, len(1, len(1, int(1, 1))))))] }),
  ),
  hostile("invalid UTF-8", "MALFORMED", () => concat(good, len(2, bytes(0xff)))),
  hostile("overlong UTF-8", "MALFORMED", () => concat(good, len(2, bytes(0xc0, 0x80)))),
  hostile("UTF-8 surrogate", "MALFORMED", () => concat(good, len(2, bytes(0xed, 0xa0, 0x80)))),
  hostile("UTF-8 above U+10FFFF", "MALFORMED", () => concat(good, len(2, bytes(0xf4, 0x90, 0x80, 0x80)))),
  hostile("UTF-8 cut off", "MALFORMED", () => concat(good, len(2, bytes(0xe2, 0x82)))),
  hostile("unknown field", "opens", () => concat(good, len(77, utf8("later version")))),
  hostile("unknown field with a large number", "opens", () => concat(good, int(2 ** 28, 3))),
  hostile("unknown fixed32 and fixed64", "opens", () =>
    concat(good, tag(90, FIXED32), bytes(1, 2, 3, 4), tag(91, FIXED64), bytes(1, 2, 3, 4, 5, 6, 7, 8)),
  ),
  hostile("fields in another order", "opens", () => concat(opset(17), len(7, graph()), int(1, 8))),
  hostile("messages deeper than a small limit", "DEPTH_EXCEEDED", () => modelOf(), {
    limits: { messageDepth: 4 },
  }),
  hostile("types 200 deep", "DEPTH_EXCEEDED", () => {
    let type = len(1, int(1, 1));
    for (let i = 0; i < 200; i++) type = len(4, len(1, type));
    return modelOf({ inputs: [valueInfo("x"), concat(text(1, "z"), len(2, type))] });
  }),
  hostile("16 MiB of empty messages", "LIMIT_EXCEEDED", () => concat(good, repeat(len(14), 8 * MIB)), {
    limit: "messages",
    amplifies: true,
  }),
  hostile("8 MiB of empty nodes", "LIMIT_EXCEEDED", () => model(repeat(len(1), 4 * MIB)), {
    limit: "nodes",
    amplifies: true,
  }),
  hostile("8 MiB of empty initialisers", "LIMIT_EXCEEDED", () => model(repeat(len(5), 4 * MIB)), {
    limit: "initializers",
    amplifies: true,
  }),
  hostile(
    "8 MiB of empty inputs of a node",
    "LIMIT_EXCEEDED",
    () => modelOf({ nodes: [repeat(len(1), 4 * MIB)] }),
    { limit: "inputsPerNode", amplifies: true },
  ),
  hostile("8 MiB of unknown fields", "LIMIT_EXCEEDED", () => concat(good, repeat(int(15, 1), 7 * MIB)), {
    limit: "messages",
    amplifies: true,
  }),
  hostile(
    "dims in one packed run of a megabyte",
    "LIMIT_EXCEEDED",
    () => modelOf({ initializers: [concat(len(1, repeat(varint(1), MIB)), int(2, 1), text(8, "w"))] }),
    { limit: "rank", amplifies: true },
  ),
  overLimit("file larger than the limit", "fileBytes", 20, () => good),
  overLimit("text larger than the limit", "textBytes", 10, () =>
    concat(good, text(6, "a long documentation")),
  ),
  overLimit("messages over a small limit", "messages", 2, () => good),
];
