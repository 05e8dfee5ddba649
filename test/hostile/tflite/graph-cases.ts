// Files that are FlatBuffers of the schema whose graphs contradict themselves: indices, operators, calls, names.

import { i8, i32, ints, rawVector, table, text, vector } from "./flat.js";
import {
  bytes,
  changed,
  MAIN,
  one,
  type TfliteCase,
  tinyGraph,
  tinyModel,
  tinyOperator,
  tinyTensor,
} from "./tflite-case.js";

const INDICES = [
  one(
    "a buffer that is not there",
    "INDEX_RANGE",
    `${MAIN}.tensors[1].buffer`,
    changed(`${MAIN}.tensors[1].buffer`, 7),
  ),
  one(
    "buffer 2^32 - 1",
    "INDEX_RANGE",
    `${MAIN}.tensors[1].buffer`,
    changed(`${MAIN}.tensors[1].buffer`, 2 ** 32 - 1, "u32"),
  ),
  one("no buffers at all", "INDEX_RANGE", `${MAIN}.tensors[0].buffer`, () => tinyTensor({}, { 4: vector() })),
  one("input 9 of the graph", "INDEX_RANGE", `${MAIN}.inputs[0]`, changed(`${MAIN}.inputs[0]`, 9)),
  one("input -1 of the graph", "INDEX_RANGE", `${MAIN}.inputs[0]`, changed(`${MAIN}.inputs[0]`, -1)),
  one("output -1 of the graph", "INDEX_RANGE", `${MAIN}.outputs[1]`, changed(`${MAIN}.outputs[1]`, -1)),
  one(
    "input 9 of an operator",
    "INDEX_RANGE",
    `${MAIN}.operators[0].inputs[2]`,
    changed(`${MAIN}.operators[0].inputs[2]`, 9),
  ),
  one("input -1 of an operator", "opens", "", changed(`${MAIN}.operators[0].inputs[2]`, -1)),
  one(
    "input -2 of an operator",
    "INDEX_RANGE",
    `${MAIN}.operators[0].inputs[2]`,
    changed(`${MAIN}.operators[0].inputs[2]`, -2),
  ),
  one(
    "output -1 of an operator",
    "INDEX_RANGE",
    `${MAIN}.operators[0].outputs[0]`,
    changed(`${MAIN}.operators[0].outputs[0]`, -1),
  ),
  one(
    "output 2^31 - 1 of an operator",
    "INDEX_RANGE",
    `${MAIN}.operators[0].outputs[0]`,
    changed(`${MAIN}.operators[0].outputs[0]`, 2 ** 31 - 1),
  ),
  one(
    "intermediate 9",
    "INDEX_RANGE",
    `${MAIN}.operators[2].intermediates[0]`,
    changed(`${MAIN}.operators[2].intermediates[0]`, 9),
  ),
  one(
    "operator code 4",
    "INDEX_RANGE",
    `${MAIN}.operators[1].opcodeIndex`,
    changed(`${MAIN}.operators[1].opcodeIndex`, 4),
  ),
  one("metadata in buffer 7", "INDEX_RANGE", "metadata[0].buffer", changed("metadata[0].buffer", 7)),
  one("older metadata in buffer -1", "INDEX_RANGE", "metadataBuffer[0]", () => tinyModel({ 5: ints(-1) })),
  one("a signature of graph 2", "INDEX_RANGE", "signatureDefs[0].subgraphIndex", () =>
    tinyModel({ 7: vector(table({ 4: i32(2) })) }),
  ),
  one(
    "a signature of tensor 9",
    "INDEX_RANGE",
    "signatureDefs[0].outputs[0].tensorIndex",
    changed("signatureDefs[0].outputs[0].tensorIndex", 9),
  ),
];

const code = (fields: Parameters<typeof table>[0]) => () => tinyModel({ 1: vector(table(fields)) });
const OPERATORS = [
  one("schema version 2", "UNSUPPORTED_VERSION", "version", changed("version", 2)),
  one("schema version 4", "UNSUPPORTED_VERSION", "version", changed("version", 4)),
  one("no graph", "MALFORMED", "subgraphs", () => tinyModel({ 2: vector() })),
  one("only the older code", "opens", "", code({ 0: i8(3) })),
  one("only the newer code", "AMBIGUOUS", "operatorCodes[0].builtinCode", code({ 3: i32(3) })),
  one("codes 3 and 4", "AMBIGUOUS", "operatorCodes[0].builtinCode", code({ 0: i8(3), 3: i32(4) })),
  one("code 127 alone", "AMBIGUOUS", "operatorCodes[0].builtinCode", code({ 0: i8(127) })),
  one(
    "code 127 twice",
    "UNSUPPORTED_VERSION",
    "operatorCodes[0].builtinCode",
    code({ 0: i8(127), 3: i32(127) }),
  ),
  one("code -1", "AMBIGUOUS", "operatorCodes[0].builtinCode", code({ 0: i8(-1) })),
  one(
    "code 207, which two schemas share",
    "UNSUPPORTED_VERSION",
    "operatorCodes[0].builtinCode",
    code({ 0: i8(127), 3: i32(207) }),
  ),
  one(
    "code 2^31 - 1",
    "UNSUPPORTED_VERSION",
    "operatorCodes[0].builtinCode",
    code({ 0: i8(127), 3: i32(2 ** 31 - 1) }),
  ),
  one(
    "version 0 of an operator",
    "MALFORMED",
    "operatorCodes[0].version",
    changed("operatorCodes[0].version", 0),
  ),
  one(
    "a custom operator without a name",
    "INVALID_NODE",
    "operatorCodes[0].customCode",
    code({ 0: i8(32), 3: i32(32) }),
  ),
  one(
    "options of another operator",
    "INVALID_NODE",
    `${MAIN}.operators[1].builtinOptions`,
    changed(`${MAIN}.operators[1].opcodeIndex`, 3),
  ),
  one("options of an operator that has none", "INVALID_NODE", `${MAIN}.operators[0].builtinOptions`, () =>
    tinyOperator({ 3: i8(11), 4: table() }, { 0: i8(19), 3: i32(19) }),
  ),
  one(
    "padding of 2",
    "UNSUPPORTED_VERSION",
    `${MAIN}.operators[0].builtinOptions.padding`,
    changed(`${MAIN}.operators[0].builtinOptions.padding`, 2, "i8"),
  ),
  one("an option that is no number", "NONFINITE", `${MAIN}.operators[0].builtinOptions.beta`, () =>
    tinyOperator(
      { 3: i8(9), 4: table({ 0: { scalar: new Uint8Array(Float32Array.of(Number.NaN).buffer) } }) },
      { 0: i8(25), 3: i32(25) },
    ),
  ),
  one("changed inputs of another number", "INVALID_NODE", `${MAIN}.operators[0].mutatingVariableInputs`, () =>
    tinyOperator({ 1: ints(0), 7: rawVector(bytes(1, 0), 2) }),
  ),
];

/** A graph that runs graph `index` by CALL_ONCE. */
const calling = (index: number) =>
  tinyGraph({ 3: vector(table({ 3: i8(103), 4: table({ 0: i32(index) }) })) });
const calls =
  (...graphs: readonly number[]) =>
  () =>
    tinyModel({
      1: vector(table({ 0: i8(127), 3: i32(129) })),
      2: vector(...graphs.map(calling), tinyGraph()),
    });
const field = `${MAIN}.operators[0].builtinOptions.initSubgraphIndex`;
const CALLS = [
  one("a graph that runs the next one", "opens", "", calls(1, 2)),
  one("a graph that runs itself", "CYCLE", "subgraphs[0]", calls(0)),
  one("two graphs that run each other", "CYCLE", "subgraphs[0]", calls(1, 0)),
  one("a cycle further on", "CYCLE", "subgraphs[1]", calls(1, 2, 1)),
  one("a graph that runs graph 2 of 2", "INDEX_RANGE", field, calls(2)),
  one("a graph that runs graph -1", "INDEX_RANGE", field, calls(-1)),
];

const names = (...values: string[]) => vector(...values.map((name) => table({ 0: text(name) })));
const NAMES = [
  one("metadata of one name", "DUPLICATE", "metadata[1].name", () => tinyModel({ 6: names("a", "a") })),
  one("signatures of one key", "DUPLICATE", "signatureDefs[1].signatureKey", () =>
    tinyModel({ 7: vector(table({ 2: text("k") }), table({ 2: text("k") })) }),
  ),
  one("inputs of one name", "DUPLICATE", "signatureDefs[0].inputs[1].name", () =>
    tinyTensor({}, { 7: vector(table({ 0: names("a", "a") })) }),
  ),
  one("outputs of one name", "DUPLICATE", "signatureDefs[0].outputs[1].name", () =>
    tinyTensor({}, { 7: vector(table({ 1: names("b", "b") })) }),
  ),
  one("an input named as an output", "opens", "", () =>
    tinyTensor({}, { 7: vector(table({ 0: names("a"), 1: names("a") })) }),
  ),
];

export const GRAPH_CASES: readonly TfliteCase[] = [...INDICES, ...OPERATORS, ...CALLS, ...NAMES];
