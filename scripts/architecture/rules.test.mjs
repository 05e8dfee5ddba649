import { describe, expect, it } from "vitest";
import { checkFile } from "./rules.mjs";

/** @param {string} path @param {string} text */
const messages = (path, text) => checkFile(path, text).map((violation) => violation.message);

/** Planted slips: path, source, what the complaint must contain. */
const slips = [
  // import direction
  ["packages/ir/src/a.ts", 'import { x } from "@espalier/core";', "must not import @espalier/core"],
  ["packages/core/src/a.ts", 'export { x } from "@espalier/report";', "must not import @espalier/report"],
  ["packages/core/src/a.ts", 'const x = await import("@espalier/cpu");', "must not import @espalier/cpu"],
  ["packages/core/src/a.ts", 'type X = import("@espalier/cpu").X;', "must not import @espalier/cpu"],
  ["packages/cpu/src/a.ts", 'import { x } from "@espalier/web";', "must not import @espalier/web"],
  ["packages/report/src/a.ts", 'import { x } from "@espalier/cpu/node";', "must not import @espalier/cpu"],
  ["packages/new/src/a.ts", 'import { x } from "@espalier/ir";', "not in scripts/architecture/layout.mjs"],
  ["packages/core/src/a/b.ts", 'import { x } from "../../../ir/src/x.js";', "leaves the package"],
  ["packages/core/src/a.ts", 'import { x } from "@bufbuild/protobuf/wire";', "only packages/ir imports"],
  ["apps/cli/src/a.ts", 'import { x } from "@bufbuild/protobuf";', "only packages/ir imports"],
  ["packages/core/src/a.ts", 'import { Builder } from "flatbuffers";', "only packages/tflite imports"],
  ["packages/cpu/src/a.ts", 'import { x } from "espalier";', "nothing imports the command line"],
  // purity
  ["packages/ir/src/a.ts", 'import { readFileSync } from "node:fs";', "no Node modules"],
  ["packages/core/src/a.ts", 'import path from "path";', "no Node modules"],
  ["packages/cpu/src/a.ts", 'import { fork } from "node:child_process";', "no Node modules"],
  ["packages/cpu/src/a.ts", 'import { x } from "./node/harness.js";', "browser-safe"],
  ["packages/core/src/a.ts", 'const r = await fetch("x");', "global fetch"],
  ["packages/core/src/a.ts", 'const r = globalThis.fetch("x");', "global fetch"],
  ["packages/core/src/a.ts", "const e = process.env;", "global process"],
  ["packages/report/src/a.ts", 'const b = Buffer.from("x");', "global Buffer"],
  ["packages/core/src/a.ts", "const t = Date.now();", "Date.now"],
  ["packages/core/src/a.ts", "const t = new Date();", "new Date()"],
  ["packages/core/src/a.ts", "const t = performance.now();", "performance.now"],
  ["packages/core/src/a.ts", "const r = Math.random();", "Math.random"],
  ["packages/cpu/src/node/a.ts", "const b = Buffer.allocUnsafe(8);", "allocUnsafe"],
  ["test/node/a.test.ts", "const b = Buffer.allocUnsafe(8);", "allocUnsafe"],
  // operator types
  ["packages/core/src/groups/a.ts", 'if (node.opType === "Conv") f();', "operator type"],
  ["packages/core/src/groups/a.ts", 'if ("Conv" !== node.opType) f();', "operator type"],
  ["packages/core/src/groups/a.ts", 'const { opType } = node; if (opType == "Conv") f();', "operator type"],
  ["packages/cpu/src/a.ts", 'switch (node.opType) { case "Conv": f(); }', "operator type"],
  ["apps/cli/src/a.ts", 'if (["Conv", "Gemm"].includes(node.opType)) f();', "operator type"],
  // names and entries
  ["packages/core/src/utils.ts", "export {};", "names no concept"],
  ["packages/core/src/helpers/slice.ts", "export {};", "names no concept"],
  ["test/common.test.ts", "export {};", "names no concept"],
  ["packages/core/src/index.ts", "export const x = 1;", "only re-exports"],
  ["packages/core/src/index.ts", 'import { x } from "./x.js";', "only re-exports"],
];

/** What must pass: path, source. */
const fine = [
  ["packages/core/src/index.ts", '// Groups\nexport { a } from "./a.js";\nexport type { B } from "./b.js";'],
  ["packages/core/src/index.ts", "export {};"],
  ["packages/core/src/a.ts", 'import { x } from "@espalier/ir";\nimport { y } from "./b/y.js";'],
  ["packages/ir/src/a.ts", 'import { x } from "@bufbuild/protobuf/wire";'],
  ["packages/ir/src/ops/conv.ts", 'if (node.opType === "Conv") f();'],
  ["packages/core/src/ops/conv.ts", "switch (node.opType) {}"],
  ["packages/core/src/a.ts", "if (a.opType === b.opType) f(registry.has(a.opType));"],
  [
    "packages/core/src/a.ts",
    "interface Host { fetch(url: string): void; process: number }\nhost.fetch(host.process);",
  ],
  ["packages/core/src/a.ts", "function f(process: (x: number) => number) { return process(1); }"],
  [
    "packages/core/src/a.ts",
    "// fetch, process, Date.now()\nconst s = 'Buffer Math.random()'; const d = new Date(0);",
  ],
  ["packages/core/src/a.test.ts", 'import { readFileSync } from "node:fs";\nconst t = Date.now();'],
  ["packages/cpu/src/node/a.ts", 'import { fork } from "node:child_process";\nprocess.exit();'],
  ["packages/runtime-node/src/a.ts", "const b = Buffer.from('x'); performance.now();"],
  ["apps/cli/src/a.ts", 'import { x } from "@espalier/cpu/node";'],
  ["packages/core/src/common-refinement.ts", "export {};"],
];

describe("architecture rules", () => {
  it.each(slips)("find the slip in %s: %s", (path, text, complaint) => {
    expect(messages(path, text).join("\n")).toContain(complaint);
  });

  it.each(fine)("let %s pass: %s", (path, text) => {
    expect(messages(path, text)).toEqual([]);
  });

  it("give the line of the slip", () => {
    expect(checkFile("packages/core/src/a.ts", "const a = 1;\n\nconst t = Date.now();")[0]?.line).toBe(3);
  });
});
