// Files whose bytes are no FlatBuffer of the schema: offsets, vtables, vectors, texts, types of values, fields that
// nobody knows.

import { flatFile, i8, i32, ints, rawVector, table, text, u64, vector } from "./flat.js";
import { locate, targetOf } from "./locate.js";
import {
  bytes,
  changed,
  edited,
  one,
  poked,
  sampleFile,
  type TfliteCase,
  tinyGraph,
  tinyModel,
  tinyOperator,
  tinyRoot,
  tinyTensor,
} from "./tflite-case.js";

const rootTable = (file: Uint8Array): number => locate(file, "version").table;
const rootVtable = (file: Uint8Array): number => locate(file, "version").vtable;
const entryOf =
  (path: string) =>
  (file: Uint8Array): number =>
    locate(file, path).entry;
const lengthOf =
  (path: string) =>
  (file: Uint8Array): number =>
    targetOf(file, path);
/** A file of `count` offsets to one table with a vtable of `slots` empty slots. */
const shared = (count: number, slots: number): Uint8Array => {
  const child = table(slots === 0 ? {} : { [slots - 1]: undefined });
  return tinyModel({ 4: { vector: [table(), ...new Array(count).fill(child)] } });
};

const HEADER = [
  one("no bytes", "TRUNCATED", "the file", () => bytes()),
  one("7 bytes", "TRUNCATED", "the file", () => bytes(8, 0, 0, 0, 0x54, 0x46, 0x4c)),
  one("header alone", "TRUNCATED", "the file", () => bytes(8, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33)),
  one("identifier TFL2", "UNSUPPORTED_FORMAT", "the file", () => flatFile(tinyRoot(), "TFL2")),
  one("identifier ORTM", "UNSUPPORTED_FORMAT", "the file", () => flatFile(tinyRoot(), "ORTM")),
  one("a size before the header", "UNSUPPORTED_FORMAT", "the file", () =>
    bytes(64, 0, 0, 0, ...sampleFile()),
  ),
  one("text", "UNSUPPORTED_FORMAT", "the file", () => new TextEncoder().encode("version https://git-lfs")),
  one(
    "root at 0",
    "MALFORMED",
    "the file",
    poked(() => 0, "u32", 0),
  ),
  one(
    "root at 2^32 - 1",
    "TRUNCATED",
    "the file",
    poked(() => 0, "u32", 2 ** 32 - 1),
  ),
  one(
    "root not aligned",
    "MALFORMED",
    "the file",
    poked(() => 0, "u32", 13),
  ),
  one(
    "root at the identifier",
    "MALFORMED",
    "the file",
    poked(() => 0, "u32", 4),
  ),
  one(
    "cut to a half",
    "TRUNCATED",
    "operatorCodes",
    edited((file) => file.slice(0, file.byteLength >> 1)),
  ),
  one(
    "a ZIP behind the model",
    "UNSUPPORTED",
    "the file",
    edited((file) => bytes(...file, 0, 0, 0x50, 0x4b, 3, 4, ...new Array(40).fill(0))),
  ),
];

const VTABLES = [
  one("vtable before the file", "MALFORMED", "the file", poked(rootTable, "i32", 2 ** 30)),
  one("vtable past the end", "TRUNCATED", "the file", poked(rootTable, "i32", -(2 ** 30))),
  one("vtable not aligned", "MALFORMED", "the file", poked(rootTable, "i32", 1)),
  one("vtable of 0 bytes", "MALFORMED", "the file", poked(rootVtable, "u16", 0)),
  one("vtable of 2 bytes", "MALFORMED", "the file", poked(rootVtable, "u16", 2)),
  one("vtable of odd size", "MALFORMED", "the file", poked(rootVtable, "u16", 9)),
  one("vtable of 65534 bytes", "TRUNCATED", "the file", poked(rootVtable, "u16", 65534)),
  one(
    "table of 0 bytes",
    "MALFORMED",
    "the file",
    poked((file) => rootVtable(file) + 2, "u16", 0),
  ),
  one(
    "table past the end",
    "TRUNCATED",
    "the file",
    poked((file) => rootVtable(file) + 2, "u16", 65532),
  ),
  one("field in the header of its table", "MALFORMED", "the file", poked(entryOf("version"), "u16", 2)),
  one("field behind its table", "MALFORMED", "the file", poked(entryOf("version"), "u16", 4000)),
  one("field half behind its table", "MALFORMED", "subgraphs[0].debugMetadataIndex", () =>
    tinyModel({ 2: vector(tinyGraph({ 5: i8(1) })) }),
  ),
  one("field not aligned", "MALFORMED", "version", poked(entryOf("version"), "u16", 5)),
  one("model with a field 10", "UNSUPPORTED_VERSION", "the file", () => tinyModel({ 10: i32(1) })),
  one("tensor with a field 11", "UNSUPPORTED_VERSION", "subgraphs[0].tensors[0]", () =>
    tinyTensor({ 11: text("new") }),
  ),
  one("operator with a field 40", "UNSUPPORTED_VERSION", "subgraphs[0].operators[0]", () =>
    tinyOperator({ 40: i32(1) }),
  ),
  one("options with a field 2", "UNSUPPORTED_VERSION", "subgraphs[0].operators[0].builtinOptions", () =>
    tinyOperator({ 3: i8(11), 4: table({ 2: i32(1) }) }),
  ),
];

const VECTORS = [
  one("vector at itself", "MALFORMED", "subgraphs", changed("subgraphs", 0, "u32")),
  one("vector past the end", "TRUNCATED", "subgraphs", changed("subgraphs", 2 ** 31, "u32")),
  one("vector not aligned", "MALFORMED", "subgraphs", changed("subgraphs", 41, "u32")),
  one("2^31 - 1 tables", "TRUNCATED", "subgraphs", poked(lengthOf("subgraphs"), "u32", 2 ** 31 - 1)),
  one("2^32 - 1 tables", "TRUNCATED", "subgraphs", poked(lengthOf("subgraphs"), "u32", 2 ** 32 - 1)),
  one(
    "2^30 sizes of a shape",
    "TRUNCATED",
    "subgraphs[0].tensors[0].shape",
    poked(lengthOf("subgraphs[0].tensors[0].shape"), "u32", 2 ** 30),
  ),
  one(
    "2^32 - 1 bytes of data",
    "TRUNCATED",
    "buffers[1].data",
    poked(lengthOf("buffers[1].data"), "u32", 2 ** 32 - 1),
  ),
  one(
    "2^29 zero points",
    "TRUNCATED",
    "subgraphs[0].tensors[0].quantization.zeroPoint",
    poked(lengthOf("subgraphs[0].tensors[0].quantization.zeroPoint"), "u32", 2 ** 29),
  ),
  one("a tensor at itself", "MALFORMED", "subgraphs[0].tensors[2]", changed("subgraphs[0].tensors[2]", 0)),
  one(
    "a tensor past the end",
    "TRUNCATED",
    "subgraphs[0].tensors[2]",
    changed("subgraphs[0].tensors[2]", 2 ** 31 - 4, "u32"),
  ),
  one("zero points not aligned", "MALFORMED", "subgraphs[0].tensors[0].quantization.zeroPoint", () =>
    tinyTensor({ 4: table({ 3: { raw: bytes(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), align: 4 } }) }),
  ),
  one("a truth value of 2", "AMBIGUOUS", "subgraphs[0].tensors[0].isVariable", () =>
    tinyTensor({ 5: i8(2) }),
  ),
  one("truth values of 255", "AMBIGUOUS", "subgraphs[0].operators[0].mutatingVariableInputs", () =>
    tinyOperator({ 7: rawVector(bytes(255), 1) }),
  ),
  one("200,000 offsets to one buffer", "opens", "", () => shared(200_000, 0)),
  one("600,000 offsets to one buffer", "LIMIT_EXCEEDED", "buffers[485173]", () => shared(600_000, 0)),
  one("offsets to one table with 30,000 slots", "LIMIT_EXCEEDED", "buffers[1128]", () =>
    shared(10_000, 30_000),
  ),
];

const TEXTS = [
  one(
    "a text past the end",
    "TRUNCATED",
    "subgraphs[0].name",
    poked(lengthOf("subgraphs[0].name"), "u32", 2 ** 31),
  ),
  one("a text of 5000 bytes", "LIMIT_EXCEEDED", "subgraphs[0].name", () =>
    tinyModel({ 2: vector(tinyGraph({ 4: text("n".repeat(5000)) })) }),
  ),
  one("a description of 5000 bytes", "opens", "", () => tinyModel({ 3: text("n".repeat(5000)) })),
  one("a text without a zero", "MALFORMED", "description", () =>
    tinyModel({ 3: rawVector(bytes(0x61, 0x62), 1) }),
  ),
  one("a text of half a character", "MALFORMED", "description", () =>
    tinyModel({ 3: rawVector(bytes(0xc3, 0), 1) }),
  ),
  one("a text with a surrogate", "MALFORMED", "description", () =>
    tinyModel({ 3: rawVector(bytes(0xed, 0xa0, 0x80, 0), 3) }),
  ),
  one("a text in an overlong form", "MALFORMED", "description", () =>
    tinyModel({ 3: rawVector(bytes(0xc0, 0x80, 0), 2) }),
  ),
  one("a zero inside a name, and a name __proto__", "opens", "", () =>
    tinyModel({ 3: text("a\u0000b"), 2: vector(tinyGraph({ 4: text("__proto__") })) }),
  ),
];

const UNIONS = [
  one("options of type 127", "UNSUPPORTED_VERSION", "subgraphs[0].operators[0].builtinOptions", () =>
    tinyOperator({ 3: i8(127), 4: table() }),
  ),
  one("options of type 255", "UNSUPPORTED_VERSION", "subgraphs[0].operators[0].builtinOptions", () =>
    tinyOperator({ 3: i8(255), 4: table() }),
  ),
  one("options without a type", "AMBIGUOUS", "subgraphs[0].operators[0].builtinOptions", () =>
    tinyOperator({ 4: table() }),
  ),
  one("a type without options", "MALFORMED", "subgraphs[0].operators[0].builtinOptions", () =>
    tinyOperator({ 3: i8(11) }),
  ),
  one(
    "options at themselves",
    "MALFORMED",
    "subgraphs[0].operators[0].builtinOptions",
    changed("subgraphs[0].operators[0].builtinOptions", 0),
  ),
  one(
    "indices of type 4",
    "UNSUPPORTED_VERSION",
    "subgraphs[0].tensors[4].sparsity.dimMetadata[1].arraySegments",
    changed("subgraphs[0].tensors[4].sparsity.dimMetadata[1].segmentsType", 4, "i8"),
  ),
  one("StableHLO options", "UNSUPPORTED", "subgraphs[0].operators[0].builtinOptions2", () =>
    tinyOperator({ 11: i8(1), 12: table() }),
  ),
  one("StableHLO options of no type", "UNSUPPORTED", "subgraphs[0].operators[0].builtinOptions2", () =>
    tinyOperator({ 12: table() }),
  ),
  one("quantisation in blocks", "UNSUPPORTED", "subgraphs[0].tensors[0].quantization.details", () =>
    tinyTensor({ 4: table({ 4: i8(2), 5: table() }) }),
  ),
];

const OUTSIDE = [
  one("a buffer outside", "UNSUPPORTED", "buffers[1].offset", () =>
    tinyModel({ 4: vector(table(), table({ 1: u64(4096), 2: u64(16) })) }),
  ),
  one("a buffer with a size outside", "UNSUPPORTED", "buffers[1].size", () =>
    tinyModel({ 4: vector(table(), table({ 2: u64(16) })) }),
  ),
  one("a buffer with offset 0 and size 0", "opens", "", () =>
    tinyModel({ 4: vector(table(), table({ 1: u64(0), 2: u64(0) })) }),
  ),
  one("options outside", "UNSUPPORTED", "subgraphs[0].operators[0].largeCustomOptionsOffset", () =>
    tinyOperator({ 9: u64(4096), 10: u64(16) }),
  ),
  one("options of another format", "UNSUPPORTED", "subgraphs[0].operators[0].customOptionsFormat", () =>
    tinyOperator({ 6: i8(1) }),
  ),
  one("weights in another file", "UNSUPPORTED", "subgraphs[0].tensors[0].externalBuffer", () =>
    tinyTensor({ 10: i32(1) }),
  ),
  one("names of other files", "UNSUPPORTED", "externalBufferGroups", () =>
    tinyModel({ 8: vector(table({ 0: text("../weights.bin") })) }),
  ),
  one("slices of other files", "UNSUPPORTED", "externalBuffers", () => tinyModel({ 9: vector(table()) })),
  one("variants", "UNSUPPORTED", "subgraphs[0].tensors[0].variantTensors", () =>
    tinyTensor({ 1: i8(14), 9: vector(table({ 0: ints(1) })) }),
  ),
];

export const STRUCTURE_CASES: readonly TfliteCase[] = [
  ...HEADER,
  ...VTABLES,
  ...VECTORS,
  ...TEXTS,
  ...UNIONS,
  ...OUTSIDE,
];
