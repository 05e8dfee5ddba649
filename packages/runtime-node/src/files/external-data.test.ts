import { execFileSync } from "node:child_process";
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { isEspalierError, NODE_LIMITS } from "@espalier/ir";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ExternalFolder, externalDataIn } from "./external-data.js";

let parent: string;
let folder: string;
let external: ExternalFolder;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "espalier-test-"));
  folder = join(parent, "model");
  mkdirSync(folder);
  writeFileSync(join(parent, "secret.bin"), "secret");
  writeFileSync(join(folder, "w.bin"), "0123456789");
  external = externalDataIn(folder);
});
afterEach(() => {
  external.close();
  rmSync(parent, { recursive: true });
});

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isEspalierError(error)) return error.code;
    throw error;
  }
  throw new Error("expected a refusal");
}

describe("external data", () => {
  it("is read from the asked range", () => {
    const file = external.open("w.bin");
    expect(file.byteLength).toBe(10);
    expect(new TextDecoder().decode(file.read(3, 4))).toBe("3456");
    expect(file.read(10, 0)).toHaveLength(0);
  });

  it("may lie in folders below", () => {
    mkdirSync(join(folder, "a/b"), { recursive: true });
    writeFileSync(join(folder, "a/b/w.bin"), "deep");
    expect(external.open("a/b/w.bin").byteLength).toBe(4);
  });

  it("opens a file once", () => {
    expect(external.open("w.bin")).toBe(external.open("w.bin"));
  });

  it("may be in a folder that the user reaches through a link", () => {
    symlinkSync(folder, join(parent, "link"));
    const linked = externalDataIn(join(parent, "link"));
    expect(linked.open("w.bin").byteLength).toBe(10);
    linked.close();
  });

  it.each([
    "../secret.bin",
    "a/../../secret.bin",
    "..",
    ".",
    "",
    "./w.bin",
    "a//w.bin",
    "/etc/passwd",
    "C:\\w.bin",
    "C:w.bin",
    "..\\secret.bin",
    "\\\\server\\share\\w.bin",
    "w.bin\0.txt",
    "w.bin/",
  ])("is refused under the name %j", (location) => {
    expect(refusal(() => external.open(location))).toBe("EXTERNAL_PATH");
  });

  it.each(["%2e%2e/secret.bin", "none.bin", "none/w.bin", "w.bin/x"])(
    "is missing under the name %j",
    (location) => {
      expect(refusal(() => external.open(location))).toBe("EXTERNAL_MISSING");
    },
  );

  it("is missing without its folder", () => {
    expect(refusal(() => externalDataIn(join(parent, "none")).open("w.bin"))).toBe("EXTERNAL_MISSING");
  });

  it("is never a link", () => {
    symlinkSync("../secret.bin", join(folder, "file-link"));
    symlinkSync("..", join(folder, "folder-link"));
    symlinkSync("nowhere", join(folder, "dangling"));
    symlinkSync("loop", join(folder, "loop"));
    linkSync(join(parent, "secret.bin"), join(folder, "hard-link"));
    for (const location of ["file-link", "folder-link/secret.bin", "dangling", "loop", "hard-link"]) {
      expect(
        refusal(() => external.open(location)),
        location,
      ).toBe("EXTERNAL_LINK");
    }
  });

  it("is never a folder, pipe or device; a pipe does not block", { timeout: 2000 }, () => {
    mkdirSync(join(folder, "sub"));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    expect(refusal(() => external.open("sub"))).toBe("EXTERNAL_LINK");
    expect(refusal(() => external.open("pipe"))).toBe("EXTERNAL_LINK");
    expect(refusal(() => externalDataIn("/dev").open("zero"))).toBe("EXTERNAL_LINK");
  });

  it("is bounded in total", () => {
    writeFileSync(join(folder, "v.bin"), "01234");
    const bounded = externalDataIn(folder, { ...NODE_LIMITS, externalBytes: 12 });
    bounded.open("w.bin");
    expect(refusal(() => bounded.open("v.bin"))).toBe("LIMIT_EXCEEDED");
    bounded.close();
  });

  it.each([
    [-1, 1],
    [0, 11],
    [11, 0],
    [5, 6],
    [Number.NaN, 1],
    [2 ** 53, 2 ** 53],
  ])("has nothing at offset %d and length %d", (offset, length) => {
    expect(refusal(() => external.open("w.bin").read(offset, length))).toBe("EXTERNAL_RANGE");
  });

  it("notices that the file shrank after it was opened", () => {
    const file = external.open("w.bin");
    truncateSync(join(folder, "w.bin"), 4);
    expect(refusal(() => file.read(0, 10))).toBe("EXTERNAL_RANGE");
    expect(file.read(0, 4)).toHaveLength(4);
  });

  it("stays what it was when the name is given to another file", () => {
    const file = external.open("w.bin");
    symlinkSync(join(parent, "secret.bin"), join(folder, "other"));
    renameSync(join(folder, "other"), join(folder, "w.bin"));
    expect(new TextDecoder().decode(file.read(0, 10))).toBe("0123456789");
  });

  it("never leaves the folder while names are swapped for links", async () => {
    mkdirSync(join(folder, "real"));
    writeFileSync(join(folder, "real/w.bin"), "inside");
    mkdirSync(join(parent, "outside"));
    writeFileSync(join(parent, "outside/w.bin"), "OUTSIDE");
    // Another thread exchanges "sub" between the folder and a link out of it, without pause.
    const swap = `
      const { mkdirSync, renameSync, symlinkSync } = require("node:fs");
      const { workerData } = require("node:worker_threads");
      const at = (name) => workerData + "/model/" + name;
      symlinkSync("../outside", at("bad"));
      for (;;) {
        renameSync(at("real"), at("sub")); renameSync(at("sub"), at("real"));
        renameSync(at("bad"), at("sub")); renameSync(at("sub"), at("bad"));
      }`;
    const worker = new Worker(swap, { eval: true, workerData: parent });
    await new Promise((resolve) => worker.once("online", resolve));
    const outcomes = new Map<string, number>();
    for (let i = 0; i < 10_000; i++) {
      const attempt = externalDataIn(folder);
      let outcome: string;
      try {
        outcome = new TextDecoder().decode(attempt.open("sub/w.bin").read(0, 6));
      } catch (error) {
        outcome = isEspalierError(error) ? error.code : String(error);
      }
      attempt.close();
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    await worker.terminate();
    const seen = [...outcomes.keys()].sort();
    expect(["EXTERNAL_LINK", "EXTERNAL_MISSING", "inside"]).toEqual(expect.arrayContaining(seen));
  });
});
