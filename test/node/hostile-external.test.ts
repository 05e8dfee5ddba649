// External data as real files: links, pipes, devices, folders, ranges, files that change. Each ends in its exact
// code, and a trace of all calls shows that nothing outside the model's folder was opened.

import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync,
} from "node:fs"; // biome-ignore format: a list
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isEspalierError, type Model, readModel } from "@espalier/ir";
import { externalDataIn } from "@espalier/runtime-node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { externalTensor, modelOf } from "../hostile/onnx-wire.js";
import { strace } from "./fault-sweep.js";

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "espalier-hostile-"));
  folder = join(parent, "model");
  mkdirSync(join(folder, "sub"), { recursive: true });
  writeFileSync(join(parent, "secret.bin"), "secret!!");
  writeFileSync(join(folder, "w.bin"), "01234567");
});
afterEach(() => rmSync(parent, { recursive: true }));

const modelWith = (location: string, ...more: (readonly [string, string])[]): Uint8Array =>
  modelOf({ initializers: [externalTensor("w", [2], [["location", location], ...more])] });

/** Opens the model and reads the weights; "reads" or the code. */
function outcome(bytes: Uint8Array, between: () => void = () => {}): string {
  const external = externalDataIn(folder);
  try {
    const model: Model = readModel(bytes, { external });
    between();
    for (const { initializer } of model.graph.initializers) initializer?.bytes();
    return "reads";
  } catch (error) {
    if (!isEspalierError(error)) throw error;
    expect(error.message).not.toContain("secret!!");
    return error.code;
  } finally {
    external.close();
  }
}

interface Scenario {
  readonly name: string;
  readonly expect: string;
  readonly location?: string;
  readonly keys?: readonly (readonly [string, string])[];
  /** Makes the files. */
  readonly prepare?: () => void;
  /** Between opening the model and reading its weights. */
  readonly between?: () => void;
}

const inFolder = (name: string): string => join(folder, name);

const SCENARIOS: readonly Scenario[] = [
  { name: "a regular file", expect: "reads" },
  {
    name: "a file in a folder below",
    expect: "reads",
    location: "sub/w.bin",
    prepare: () => writeFileSync(inFolder("sub/w.bin"), "01234567"),
  },
  { name: "a dot segment", expect: "reads", location: "./w.bin" },
  { name: "no file", expect: "EXTERNAL_MISSING", location: "none.bin" },
  { name: "no folder", expect: "EXTERNAL_MISSING", location: "none/w.bin" },
  { name: "a file as a folder", expect: "EXTERNAL_MISSING", location: "w.bin/w.bin" },
  { name: "percent-encoded dots", expect: "EXTERNAL_MISSING", location: "%2e%2e/secret.bin" },
  { name: "another case", expect: "EXTERNAL_MISSING", location: "W.BIN" },
  {
    name: "a link to a file outside",
    expect: "EXTERNAL_LINK",
    location: "l",
    prepare: () => symlinkSync("../secret.bin", inFolder("l")),
  },
  {
    name: "a link to a file inside",
    expect: "EXTERNAL_LINK",
    location: "l",
    prepare: () => symlinkSync("w.bin", inFolder("l")),
  },
  {
    name: "a link to an absolute path",
    expect: "EXTERNAL_LINK",
    location: "l",
    prepare: () => symlinkSync("/etc/passwd", inFolder("l")),
  },
  {
    name: "a dangling link",
    expect: "EXTERNAL_LINK",
    location: "l",
    prepare: () => symlinkSync("nowhere", inFolder("l")),
  },
  {
    name: "a link to itself",
    expect: "EXTERNAL_LINK",
    location: "l",
    prepare: () => symlinkSync("l", inFolder("l")),
  },
  {
    name: "a linked folder",
    expect: "EXTERNAL_LINK",
    location: "l/secret.bin",
    prepare: () => symlinkSync("..", inFolder("l")),
  },
  {
    name: "a folder linked to one inside",
    expect: "EXTERNAL_LINK",
    location: "l/w.bin",
    prepare: () => symlinkSync(".", inFolder("l")),
  },
  {
    name: "a hard link to a file outside",
    expect: "EXTERNAL_LINK",
    location: "h",
    prepare: () => linkSync(join(parent, "secret.bin"), inFolder("h")),
  },
  {
    name: "a hard link to a file inside",
    expect: "EXTERNAL_LINK",
    location: "h",
    prepare: () => linkSync(inFolder("w.bin"), inFolder("h")),
  },
  {
    name: "a pipe, without waiting",
    expect: "EXTERNAL_LINK",
    location: "p",
    prepare: () => execFileSync("mkfifo", [inFolder("p")]),
  },
  { name: "a folder", expect: "EXTERNAL_LINK", location: "sub" },
  {
    name: "a link to a device",
    expect: "EXTERNAL_LINK",
    location: "z",
    prepare: () => symlinkSync("/dev/zero", inFolder("z")),
  },
  { name: "parent folder", expect: "EXTERNAL_PATH", location: "../secret.bin" },
  { name: "parent folder from below", expect: "EXTERNAL_PATH", location: "sub/../../secret.bin" },
  { name: "absolute path", expect: "EXTERNAL_PATH", location: "/etc/passwd" },
  { name: "the model's own descriptors", expect: "EXTERNAL_PATH", location: "/proc/self/fd/0" },
  { name: "NUL after a good name", expect: "EXTERNAL_PATH", location: "w.bin\0../secret.bin" },
  { name: "offset at the end", expect: "EXTERNAL_RANGE", keys: [["offset", "8"]] },
  { name: "offset past the end", expect: "EXTERNAL_RANGE", keys: [["offset", "9"]] },
  { name: "offset 2^53 - 1", expect: "OVERFLOW", keys: [["offset", "9007199254740991"]] },
  { name: "range over the end", expect: "EXTERNAL_RANGE", keys: [["offset", "1"]] },
  {
    name: "an empty file",
    expect: "EXTERNAL_RANGE",
    location: "empty",
    prepare: () => writeFileSync(inFolder("empty"), ""),
  },
  {
    name: "an unaligned offset",
    expect: "reads",
    keys: [["offset", "1"]],
    prepare: () => appendFileSync(inFolder("w.bin"), "8"),
  },
  { name: "a checksum, which is not looked at", expect: "reads", keys: [["checksum", "0"]] },
  {
    name: "a file cut off before it is read",
    expect: "EXTERNAL_RANGE",
    between: () => truncateSync(inFolder("w.bin"), 4),
  },
  { name: "a file that grows", expect: "reads", between: () => appendFileSync(inFolder("w.bin"), "more") },
  { name: "a file removed after it was opened", expect: "reads", between: () => rmSync(inFolder("w.bin")) },
  {
    name: "a file replaced by a link after it was opened",
    expect: "reads",
    between: () => {
      rmSync(inFolder("w.bin"));
      symlinkSync("../secret.bin", inFolder("w.bin"));
    },
  },
];

describe("external data in real files", () => {
  for (const { name, expect: code, location = "w.bin", keys = [], prepare, between } of SCENARIOS) {
    it(`${name}: ${code}`, { timeout: 10_000 }, () => {
      prepare?.();
      expect(outcome(modelWith(location, ...keys), between)).toBe(code);
    });
  }
});

describe.skipIf(strace === "")("a trace of the reader", () => {
  it("opens nothing outside the model's folder", () => {
    symlinkSync("../secret.bin", inFolder("link"));
    symlinkSync("..", inFolder("up"));
    linkSync(join(parent, "secret.bin"), inFolder("hard"));
    const locations = [
      "w.bin",
      "../secret.bin",
      "link",
      "up/secret.bin",
      "hard",
      join(parent, "secret.bin"),
      "sub/../../secret.bin",
    ];
    for (const [i, location] of locations.entries())
      writeFileSync(inFolder(`${i}.onnx`), modelWith(location));
    const dist = (name: string): string =>
      fileURLToPath(new URL(`../../packages/${name}/dist/index.js`, import.meta.url));
    const program = `
      const { readModel } = require(${JSON.stringify(dist("ir"))});
      const { externalDataIn } = require(${JSON.stringify(dist("runtime-node"))});
      const { readFileSync } = require("node:fs");
      let refused = 0;
      for (let i = 0; i < ${locations.length}; i++) {
        const external = externalDataIn(${JSON.stringify(folder)});
        try {
          const model = readModel(new Uint8Array(readFileSync(${JSON.stringify(folder)} + "/" + i + ".onnx")), { external });
          for (const { initializer } of model.graph.initializers) initializer?.bytes();
        } catch { refused++; }
        external.close();
      }
      console.log(refused);`;
    const trace = join(parent, "trace");
    const run = spawnSync(
      strace,
      [
        "-f",
        "-qq",
        "-o",
        trace,
        "-e",
        "trace=open,openat,openat2,read,pread64",
        process.execPath,
        "--disable-warning=ExperimentalWarning",
        "-e",
        program,
      ],
      { encoding: "utf8" },
    );
    expect(run.stderr + run.stdout).toBe(`${locations.length - 1}\n`);
    const opened = readFileSync(trace, "utf8")
      .split("\n")
      .filter((line) => /\bopen(at2?)?\(/.test(line) && line.includes(parent));
    expect(opened.some((line) => line.includes("w.bin"))).toBe(true);
    // The hard link is opened to be looked at (its name lies inside), but not read.
    for (const line of opened) expect(line).not.toContain("secret.bin");
    expect(readFileSync(trace, "utf8")).not.toContain("secret!!");
  });
});
