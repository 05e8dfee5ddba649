// Defects that somebody could introduce, each with the test that must then turn red: the tests can fail.
// A defect is one replacement in one file; `search` occurs there exactly once.

export interface Defect {
  readonly name: string;
  readonly file: string;
  readonly search: string;
  readonly replace: string;
  /** Test file, and a part of the names of the tests to run. */
  readonly test: readonly [file: string, project: "node" | "unit", name?: string];
}

const FILES = ["test/node/hostile-files.test.ts", "node"] as const;
const EXTERNAL = ["test/node/hostile-external.test.ts", "node", "external data in real files"] as const;
const TOPOLOGIES = ["test/node/topologies.test.ts", "node", "slicing equals the masked reference"] as const;
const ir = (name: string): string => `packages/ir/src/${name}.ts`;
const data = (name: string): string => `packages/data/src/${name}.ts`;
const dataTest = (name: string) => [`packages/data/src/${name}.test.ts`, "unit"] as const;
const SCAN = ir("onnx/scan");
const OPEN_BELOW = "packages/runtime-node/src/files/open-below.ts";

export const DEFECTS: readonly Defect[] = [
  {
    name: "products are not checked",
    file: ir("checked"),
    search: "if (a !== 0 && b > Number.MAX_SAFE_INTEGER / a)",
    replace: "if (false as boolean)",
    test: FILES,
  },
  {
    name: "numbers from the file are not checked",
    file: ir("checked"),
    search: "if (!Number.isSafeInteger(number))",
    replace: "if (false as boolean)",
    test: FILES,
  },
  {
    name: "every limit is one too high",
    file: ir("limits"),
    search: "if (met > limits[limit]) {",
    replace: "if (met > limits[limit] + 1) {",
    test: FILES,
  },
  {
    name: "a limit is off by one",
    file: SCAN,
    search: "if (kind === FieldKind.name && length > limits.nameBytes)",
    replace: "if (kind === FieldKind.name && length > limits.nameBytes + 1)",
    test: FILES,
  },
  {
    name: "depth of messages is not bounded by the scan",
    file: SCAN,
    search: "if (++depth > maxDepth)",
    replace: "if (++depth > maxDepth * 1000)",
    test: FILES,
  },
  {
    name: "subgraphs may be deeper",
    file: SCAN,
    search: "++graphs - 1 > limits.subgraphDepth",
    replace: "++graphs - 9 > limits.subgraphDepth",
    test: FILES,
  },
  {
    name: "singular fields may come twice",
    file: SCAN,
    search: "if ((seen & bit) !== 0)",
    replace: "if ((seen & bit) !== 0 && bit === 0)",
    test: FILES,
  },
  {
    name: "external data gives a key twice",
    file: ir("onnx/external-data"),
    search: "if (entries.has(key)) {",
    replace: "if (key === null) {",
    test: FILES,
  },
  {
    name: "invalid UTF-8 passes",
    file: ir("onnx/utf8"),
    search: "if (second < low || second > high) return pos;",
    replace: "",
    test: FILES,
  },
  {
    name: "a duplicate name takes the last",
    file: ir("onnx/scope"),
    search: "if (this.#values.has(name)) throw duplicate(name, what);",
    replace: "",
    test: FILES,
  },
  {
    name: "shadowing is allowed",
    file: ir("onnx/scope"),
    search: "if (!scope.#undefinedYet.has(outer))",
    replace: "if (outer === undefined)",
    test: FILES,
  },
  {
    name: "a tensor may hold its data twice",
    file: ir("onnx/read-tensor"),
    search: "if (fields.length + (external ? 1 : 0) > 1) {",
    replace: "if (fields.length + (external ? 1 : 0) > 9) {",
    test: FILES,
  },
  {
    name: "raw data of any length",
    file: ir("onnx/read-tensor"),
    search: "if (expected !== null && bytes.byteLength !== expected) {",
    replace: "if (expected !== null && bytes.byteLength < expected) {",
    test: FILES,
  },
  {
    name: "negative dimensions",
    file: ir("onnx/read-tensor"),
    search: "if (negative !== undefined) {",
    replace: "if (negative === 0) {",
    test: FILES,
  },
  {
    name: "attributes twice",
    file: ir("onnx/read-attribute"),
    search: "if (attributes.has(proto.name)) {",
    replace: "if (proto.name === null) {",
    test: FILES,
  },
  {
    name: "calls of functions are counted once",
    file: ir("onnx/read-functions"),
    search: "total += times * callee.nodes;",
    replace: "total += 1;",
    test: FILES,
  },
  {
    name: "metadata keys twice",
    file: ir("onnx/read-metadata"),
    search: "if (map.has(key)) {",
    replace: "if (key === null) {",
    test: FILES,
  },
  {
    name: "a pickle is not recognised",
    file: ir("onnx/other-formats"),
    search: "protocol >= 2 && protocol <= 5",
    replace: "protocol > 5",
    test: FILES,
  },
  {
    name: "names that Windows shortens",
    file: ir("onnx/external-location"),
    search: 'if (segment !== "." && /[. ]$/.test(segment))',
    replace: "if (segment === null)",
    test: FILES,
  },
  {
    // Also what stands behind the check for a leading slash, which is there for its words.
    name: "empty segments of a path",
    file: ir("onnx/external-location"),
    search: 'if (segment === "") return "an empty segment";',
    replace: "",
    test: FILES,
  },
  {
    name: "backslashes",
    file: ir("onnx/external-location"),
    search: 'if (location.includes("\\\\")) return "a backslash";',
    replace: "",
    test: FILES,
  },
  {
    name: "ranges that share a part",
    file: ir("onnx/external-data"),
    search: "if (b.begin >= a.end || (b.begin === a.begin && b.end === a.end)) continue;",
    replace: "if (b.end >= a.begin) continue;",
    test: FILES,
  },
  {
    name: "ranges past the end of a file",
    file: ir("onnx/external-data"),
    search: "claim.length <= file.byteLength - claim.offset",
    replace: "claim.length >= 0",
    test: ["packages/ir/src/onnx/external-data.test.ts", "unit"],
  },
  {
    name: "symbolic links are followed",
    file: OPEN_BELOW,
    search: "if (before.isSymbolicLink())",
    replace: "if (before.isSymbolicLink() && before.isFile())",
    test: EXTERNAL,
  },
  {
    name: "hard links are read",
    file: OPEN_BELOW,
    search: "if (stat.nlink !== 1)",
    replace: "if (stat.nlink === 0)",
    test: EXTERNAL,
  },
  {
    name: "a Gather keeps its indices",
    file: "packages/core/src/ops/gather.ts",
    search: "ctx.setIntegers(1, next);",
    replace: "",
    test: TOPOLOGIES,
  },
  {
    name: "a Reshape keeps its target",
    file: "packages/core/src/ops/reshape.ts",
    search: "if (target !== null) ctx.setIntegers(1, target);",
    replace: "",
    test: TOPOLOGIES,
  },
  {
    name: "a convolution keeps its groups",
    file: "packages/core/src/ops/conv.ts",
    search: "intAttribute(channels / perGroup)",
    replace: "intAttribute(group)",
    test: TOPOLOGIES,
  },
  {
    name: "slices are taken one row off",
    file: "packages/core/src/surgery/slice-tensor.ts",
    search: "const from = (offset + start) * run;",
    replace: "const from = Math.max(0, offset + start - 1) * run;",
    test: TOPOLOGIES,
  },
  {
    name: "parity takes NaN for equal",
    file: "packages/core/src/parity/compare.ts",
    search: "(Number.isNaN(x) && Number.isNaN(y))",
    replace: "(Number.isNaN(x) || Number.isNaN(y))",
    test: ["packages/core/src/parity/compare.test.ts", "unit"],
  },
  {
    name: "parity does not compare shapes",
    file: "packages/core/src/parity/compare.ts",
    search: "reference.dims.join() !== candidate.dims.join() || a.length !== b.length",
    replace: "a.length !== b.length",
    test: ["packages/core/src/parity/compare.test.ts", "unit"],
  },
  {
    name: "a plan may name a group twice",
    file: "packages/core/src/plan/removal.ts",
    search: 'if (seen.has(id)) throw mismatch(id, "one step per group", "two");',
    replace: "",
    test: ["packages/core/src/plan/removal.test.ts", "unit"],
  },
  {
    name: "a plan may keep units out of range",
    file: "packages/core/src/plan/removal.ts",
    search: "|| unit >= width",
    replace: "",
    test: ["packages/core/src/plan/removal.test.ts", "unit"],
  },
  {
    name: "a plan may be for another width",
    file: "packages/core/src/plan/removal.ts",
    search: "seen.add(id);\n    if (group.width !== width)",
    replace: "seen.add(id);\n    if (group.width < width)",
    test: ["packages/core/src/plan/removal.test.ts", "unit"],
  },
  {
    name: "JSON keys twice",
    file: "packages/core/src/json/strict-json.ts",
    search: "if (key in object)",
    replace: "if (key === null)",
    test: ["packages/core/src/json/strict-json.test.ts", "unit"],
  },
  {
    name: "a receipt's failed claim holds",
    file: "packages/core/src/receipt/claim.ts",
    search: 'return { name, status: "fails", informational: false, expected, found };',
    replace: 'return { name, status: "holds", informational: false, expected, found };',
    test: ["packages/core/src/receipt/verify.test.ts", "unit"],
  },
  {
    name: "a failed write leaves its temporary",
    file: "packages/runtime-node/src/files/write-output.ts",
    search: "clearUp(removeTemporary, firstCreated, parent);",
    replace: "",
    test: ["packages/runtime-node/src/files/write-output.test.ts", "unit"],
  },
  // Data sets
  {
    name: "bytes behind an IDX array are let through",
    file: data("formats/idx"),
    search: "if (found > size)",
    replace: "if (false as boolean)",
    test: dataTest("formats/idx"),
  },
  {
    name: "labels of a data set are not checked",
    file: data("set/labelled-set"),
    search: "label < 0 || label >= classes",
    replace: "label < 0 || label > classes",
    test: dataTest("formats/idx"),
  },
  {
    name: "a record of CIFAR-10 may be cut",
    file: data("formats/cifar"),
    search: "if (file.length % RECORD !== 0)",
    replace: "if (false as boolean)",
    test: dataTest("formats/cifar"),
  },
  {
    name: "headers of an archive are not summed",
    file: data("formats/tar-members"),
    search: "Number.parseInt(stated, 8) !== sum",
    replace: "(false as boolean)",
    test: dataTest("formats/tar-members"),
  },
  {
    name: "text that is not UTF-8 is repaired",
    file: data("formats/utf8"),
    search: "fatal: true",
    replace: "fatal: false",
    test: dataTest("formats/tsv"),
  },
  {
    name: "the order of an epoch ignores the epoch",
    file: data("batching/batches"),
    search: "permutation(set.count, seed, stream)",
    replace: 'permutation(set.count, seed, "")',
    test: dataTest("batching/batches"),
  },
  {
    name: "augmentation depends on the place in the batch",
    file: data("batching/batches"),
    search: "randomOf(sample));",
    replace: "randomOf(i));",
    test: dataTest("batching/batches"),
  },
  {
    name: "batches share one set of buffers",
    file: data("batching/batches"),
    search: "turn = 1 - turn;",
    replace: "turn = 0;",
    test: dataTest("batching/batches"),
  },
  {
    name: "of pairs that score alike the last one is merged",
    file: data("text/merge-pairs"),
    search: "a.score === b.score && a.at < b.at",
    replace: "a.score === b.score && a.at > b.at",
    test: dataTest("text/llama2c-tokenizer"),
  },
  {
    name: "a download is not compared with its digest",
    file: data("node/download"),
    search: "if (digest !== file.sha256)",
    replace: "if (false as boolean)",
    test: dataTest("node/download"),
  },
  {
    name: "a download may be short",
    file: data("node/download"),
    search: "if (done < file.bytes)",
    replace: "if (false as boolean)",
    test: dataTest("node/download"),
  },
  {
    name: "what lies in the cache is trusted",
    file: data("node/find-data"),
    search: "bytes.length === file.bytes && sha256(bytes) === file.sha256",
    replace: "bytes.length === file.bytes",
    test: dataTest("node/download"),
  },
  {
    name: "gzip may unpack to anything",
    file: data("node/unpack"),
    search: "maxOutputLength: most",
    replace: "maxOutputLength: 2 ** 31 - 1",
    test: dataTest("node/download"),
  },
];
