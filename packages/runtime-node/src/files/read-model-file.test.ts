import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isEspalierError, NODE_LIMITS } from "@espalier/ir";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readModelFile } from "./read-model-file.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "espalier-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function refusal(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!isEspalierError(error)) throw new Error(`expected a refusal, got ${error}`);
  return error;
}

/** Root may read everything: works as nobody then. */
async function withoutPrivileges<T>(work: () => Promise<T>): Promise<T> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe("reading a model file", () => {
  it("gives its bytes, also through a link of the user", async () => {
    const path = join(folder, "model.onnx");
    writeFileSync(path, "bytes");
    symlinkSync(path, join(folder, "link.onnx"));
    expect(await readModelFile(join(folder, "link.onnx"))).toEqual(new TextEncoder().encode("bytes"));
  });

  it("reads an empty file", async () => {
    writeFileSync(join(folder, "empty"), "");
    expect(await readModelFile(join(folder, "empty"))).toHaveLength(0);
  });

  it("checks the size before reading", async () => {
    const path = join(folder, "huge.onnx");
    writeFileSync(path, "");
    truncateSync(path, 2 ** 31); // sparse
    const { code, message } = await refusal(readModelFile(path));
    expect(code).toBe("LIMIT_EXCEEDED");
    expect(message).toContain("fileBytes");
    writeFileSync(join(folder, "small"), "1234");
    expect(
      await refusal(readModelFile(join(folder, "small"), { ...NODE_LIMITS, fileBytes: 3 })),
    ).toMatchObject({
      code: "LIMIT_EXCEEDED",
    });
  });

  it("says NOT_FOUND for what is missing", async () => {
    expect(await refusal(readModelFile(join(folder, "none.onnx")))).toMatchObject({ code: "NOT_FOUND" });
    symlinkSync(join(folder, "nowhere"), join(folder, "dangling"));
    expect(await refusal(readModelFile(join(folder, "dangling")))).toMatchObject({ code: "NOT_FOUND" });
  });

  it("refuses a folder, saying to name the file in it", async () => {
    const { code, message } = await refusal(readModelFile(folder));
    expect(code).toBe("IO");
    expect(message).toContain("Name the .onnx file in it");
  });

  it("refuses devices", async () => {
    expect(await refusal(readModelFile("/dev/zero"))).toMatchObject({ code: "IO" });
    expect(await refusal(readModelFile("/dev/full"))).toMatchObject({ code: "IO" });
  });

  it("refuses a pipe without waiting for a writer", { timeout: 2000 }, async () => {
    execFileSync("mkfifo", [join(folder, "pipe")]);
    expect(await refusal(readModelFile(join(folder, "pipe")))).toMatchObject({ code: "IO" });
  });

  it("says IO without permission", async () => {
    const path = join(folder, "secret");
    writeFileSync(path, "x", { mode: 0 });
    expect(await withoutPrivileges(() => refusal(readModelFile(path)))).toMatchObject({ code: "IO" });
  });

  it("stops at an abort", async () => {
    const path = join(folder, "model.onnx");
    writeFileSync(path, "bytes");
    expect(await refusal(readModelFile(path, NODE_LIMITS, AbortSignal.abort()))).toMatchObject({
      code: "ABORTED",
    });
  });

  it("notices a file that grows or shrinks meanwhile", async () => {
    const path = join(folder, "moving.onnx");
    const size = 200 * 1024 * 1024;
    for (const change of [() => appendFileSync(path, "more"), () => truncateSync(path, 1000)]) {
      // The first read is under way as soon as the event loop has turned a few times. On a busy machine the change
      // may come before or after all of it: then the file was whole, and it is tried again.
      let code: string | null = null;
      for (let attempt = 0; attempt < 20 && code === null; attempt++) {
        writeFileSync(path, "");
        truncateSync(path, size);
        const reading = readModelFile(path).then(
          () => null,
          (error) => error.code,
        );
        await new Promise((resolve) => setTimeout(resolve, 5));
        change();
        code = await reading;
      }
      expect(code).toBe("IO");
    }
  });
});
