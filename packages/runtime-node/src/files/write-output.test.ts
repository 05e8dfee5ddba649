import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isEspalierError } from "@espalier/ir";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sweepTemporaries, type TemporaryKind, temporaryBeside } from "./temporaries.js";
import { type OutputFile, writeFileAtomically, writeFolderAtomically } from "./write-output.js";

let folder: string;
let target: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "espalier-test-"));
  target = join(folder, "out");
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = (content: string): Uint8Array[] => [new TextEncoder().encode(content)];

/** An output of ours: a model and a receipt that lists it. */
function output(model: string, record = "receipt.json"): OutputFile[] {
  const files = [{ path: "onnx/model.onnx" }];
  return [
    { path: "onnx/model.onnx", chunks: [...text(model), ...text("!")] },
    { path: record, chunks: text(JSON.stringify({ schema: 1, source: { sha256: "00" }, files })) },
  ];
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!isEspalierError(error)) throw new Error(`expected a refusal, got ${error}`);
  return error.code;
}

const modelIn = (place: string) => readFileSync(join(place, "onnx/model.onnx"), "utf8");

describe("writing a folder", () => {
  it("writes all files and nothing else", async () => {
    await writeFolderAtomically(target, output("one"));
    expect(modelIn(target)).toBe("one!");
    expect(readdirSync(folder)).toEqual(["out"]);
    expect(readdirSync(target).sort()).toEqual(["onnx", "receipt.json"]);
  });

  it("makes the folders above, and removes them again on failure", async () => {
    await writeFolderAtomically(join(folder, "a/b/out"), output("one"));
    expect(modelIn(join(folder, "a/b/out"))).toBe("one!");
    const { signal } = abortAfterStart();
    expect(await refusal(writeFolderAtomically(join(folder, "c/d/out"), output("x"), { signal }))).toBe(
      "ABORTED",
    );
    expect(readdirSync(folder)).toEqual(["a"]);
  });

  it("replaces an empty folder and one of ours", async () => {
    mkdirSync(target);
    await writeFolderAtomically(target, output("one"));
    await writeFolderAtomically(target, output("two"));
    expect(modelIn(target)).toBe("two!");
    expect(readdirSync(folder)).toEqual(["out"]);
  });

  it("knows a folder of its own by the record of a training, too", async () => {
    await writeFolderAtomically(target, output("one", "training.json"));
    await writeFolderAtomically(target, output("two", "training.json"));
    await writeFolderAtomically(target, output("three"));
    expect(modelIn(target)).toBe("three!");
    expect(readdirSync(target).sort()).toEqual(["onnx", "receipt.json"]);
    // Another program's training.json beside a receipt is not ours for that.
    writeFileSync(join(target, "training.json"), "{}");
    expect(await refusal(writeFolderAtomically(target, output("four")))).toBe("EXISTS");
  });

  it("leaves a folder alone that holds anything it did not write, unless forced", async () => {
    await writeFolderAtomically(target, output("one"));
    writeFileSync(join(target, "onnx/notes.txt"), "mine");
    expect(await refusal(writeFolderAtomically(target, output("two")))).toBe("EXISTS");
    expect(modelIn(target)).toBe("one!");
    await writeFolderAtomically(target, output("two"), { force: true });
    expect(modelIn(target)).toBe("two!");
    expect(existsSync(join(target, "onnx/notes.txt"))).toBe(false);
  });

  it.each(["{", "[]", "{}", '{"schema":1,"source":{},"files":[]}', "null"])(
    "does not take a receipt.json of %s for its own",
    async (receipt) => {
      mkdirSync(target);
      writeFileSync(join(target, "receipt.json"), receipt);
      expect(await refusal(writeFolderAtomically(target, output("two")))).toBe("EXISTS");
    },
  );

  it("refuses files, links and devices in its place, forced or not", async () => {
    const elsewhere = join(folder, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(folder, "file"), "x");
    symlinkSync(elsewhere, join(folder, "link"));
    symlinkSync("nowhere", join(folder, "dangling"));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    for (const name of ["file", "link", "dangling", "pipe"]) {
      const work = writeFolderAtomically(join(folder, name), output("x"), { force: true });
      expect(await refusal(work), name).toBe("EXISTS");
    }
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it("refuses to replace the input, the working folder, or what is above them", async () => {
    await writeFolderAtomically(target, output("one"));
    const force = true;
    for (const inputs of [[target], [join(target, "onnx/model.onnx")]]) {
      expect(await refusal(writeFolderAtomically(target, output("x"), { force, inputs }))).toBe(
        "INVALID_OPTION",
      );
    }
    symlinkSync(join(target, "onnx"), join(folder, "link"));
    const inputs = [join(folder, "link/model.onnx")];
    expect(await refusal(writeFolderAtomically(target, output("x"), { force, inputs }))).toBe(
      "INVALID_OPTION",
    );
    expect(await refusal(writeFolderAtomically(process.cwd(), output("x"), { force }))).toBe(
      "INVALID_OPTION",
    );
    expect(await refusal(writeFolderAtomically("/", output("x"), { force }))).toBe("INVALID_OPTION");
    expect(modelIn(target)).toBe("one!");
  });

  it("changes nothing when it is aborted", async () => {
    await writeFolderAtomically(target, output("one"));
    const { signal } = abortAfterStart();
    expect(await refusal(writeFolderAtomically(target, output("two"), { signal }))).toBe("ABORTED");
    expect(modelIn(target)).toBe("one!");
    expect(readdirSync(folder)).toEqual(["out"]);
  });

  it("says IO_READONLY, or NOT_FOUND, where nothing can be made", async () => {
    expect(["IO_READONLY", "NOT_FOUND"]).toContain(
      await refusal(writeFolderAtomically("/proc/out", output("x"))),
    );
    expect(["IO_READONLY", "NOT_FOUND"]).toContain(
      await refusal(writeFolderAtomically("/sys/out", output("x"))),
    );
  });

  it("says IO_READONLY in a folder without permission", async () => {
    chmodSync(folder, 0o555);
    const isRoot = process.getuid?.() === 0; // root may write everywhere: be nobody meanwhile
    if (isRoot) process.seteuid?.(65534);
    const code = await refusal(writeFolderAtomically(target, output("x")));
    if (isRoot) process.seteuid?.(0);
    chmodSync(folder, 0o700);
    expect(code).toBe("IO_READONLY");
  });

  it.each(["", "../x", "/x", "a//b", "a/./b", "a\\b", "c:x", "a\0"])(
    "takes no file named %j",
    async (path) => {
      await expect(writeFolderAtomically(target, [{ path, chunks: [] }])).rejects.toThrow(
        "plain relative name",
      );
    },
  );

  it("takes no two files of one name, in any case", async () => {
    const files = ["a", "A"].map((path) => ({ path, chunks: [] }));
    await expect(writeFolderAtomically(target, files)).rejects.toThrow("plain relative name");
  });
});

describe("writing a file", () => {
  const path = () => join(folder, "model.espz");

  it("writes it whole, and over another only when forced", async () => {
    await writeFileAtomically(path(), text("one"));
    expect(await refusal(writeFileAtomically(path(), text("two")))).toBe("EXISTS");
    expect(readFileSync(path(), "utf8")).toBe("one");
    await writeFileAtomically(path(), text("two"), { force: true });
    expect(readFileSync(path(), "utf8")).toBe("two");
    expect(readdirSync(folder)).toEqual(["model.espz"]);
  });

  it("refuses folders, links, devices and the input, forced or not", async () => {
    const force = true;
    await writeFileAtomically(path(), text("one"));
    symlinkSync(path(), join(folder, "link"));
    for (const place of [folder, join(folder, "link"), "/dev/full"]) {
      expect(await refusal(writeFileAtomically(place, text("x"), { force })), place).toBe("EXISTS");
    }
    const inputs = [join(folder, "link")];
    expect(await refusal(writeFileAtomically(path(), text("x"), { force, inputs }))).toBe("INVALID_OPTION");
    expect(readFileSync(path(), "utf8")).toBe("one");
  });
});

describe("temporaries of a killed run", () => {
  /** A process id that was in use a moment ago. */
  const deadPid = () => spawnSync(process.execPath, ["-e", ""]).pid;
  const leftBy = (pid: number, kind: TemporaryKind) => {
    const path = temporaryBeside(target, kind).replace(`-${process.pid}-`, `-${pid}-`);
    mkdirSync(path);
    writeFileSync(join(path, "file"), kind);
    return path;
  };

  it("are removed when they are old and their process is gone", () => {
    mkdirSync(target);
    const stale = leftBy(deadPid(), "new");
    sweepTemporaries(target);
    expect(existsSync(stale)).toBe(true); // not an hour old
    sweepTemporaries(target, { olderThanMs: 0 });
    expect(existsSync(stale)).toBe(false);
  });

  it("stay while their process lives, and when they are another output's", () => {
    mkdirSync(target);
    const alive = leftBy(process.pid, "new");
    const dead = leftBy(deadPid(), "new");
    sweepTemporaries(join(folder, "other"), { olderThanMs: 0 });
    expect(existsSync(dead)).toBe(true);
    sweepTemporaries(target, { olderThanMs: 0 });
    expect(existsSync(alive)).toBe(true);
  });

  it("are put back when the run died between its two renames", () => {
    leftBy(deadPid(), "gone");
    leftBy(deadPid(), "new");
    sweepTemporaries(target);
    expect(existsSync(target)).toBe(false);
    leftBy(deadPid(), "old");
    sweepTemporaries(target);
    expect(readFileSync(join(target, "file"), "utf8")).toBe("old");
  });

  it("stay for an hour after the run, whatever their contents say", async () => {
    const stale = leftBy(deadPid(), "new");
    const longAgo = new Date("2020-01-01");
    utimesSync(stale, longAgo, longAgo); // the change of ctime keeps it young
    await writeFolderAtomically(target, output("one"));
    expect(existsSync(stale)).toBe(true);
  });
});

/** Not aborted when the work looks first, but right after. */
function abortAfterStart(): { signal: AbortSignal } {
  const controller = new AbortController();
  setImmediate(() => controller.abort());
  return controller;
}
