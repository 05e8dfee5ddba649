import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EspalierError, isEspalierError } from "@espalier/ir";
import { folderCheckpoints } from "@espalier/runtime-node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type KeptRun, keptRun } from "./kept-run.js";

let box = "";
let notes: string[] = [];
beforeEach(() => {
  box = mkdtempSync(join(tmpdir(), "espalier-kept-"));
  notes = [];
});
afterEach(() => rmSync(box, { recursive: true }));

const open = (): KeptRun => {
  const output = { json: false, color: false, result: () => {}, error: () => {} };
  const note = (line: string) => void notes.push(line);
  return keptRun({ output: { ...output, note } }, { folderCheckpoints }, join(box, "out"));
};
const write = (kept: KeptRun) => kept.store.write("run.safetensors", new Uint8Array(8));

describe("a kept run", () => {
  it("goes on from its checkpoints, says where they lie, and leaves nothing once it is done", async () => {
    const first = open();
    expect([first.begun, notes]).toEqual([false, []]);
    const stopped = first.during(async () => {
      await write(first);
      throw new EspalierError("ABORTED", "stopped");
    });
    await expect(stopped).rejects.toThrow("stopped");
    expect(notes).toEqual([`What was trained lies in ${first.folder}: the same command goes on from there.`]);
    const second = open();
    expect(second.begun).toBe(true);
    await write(second);
    second.done();
    expect(readdirSync(box)).toEqual([]);
  });

  it("is not kept in a folder with anything of the user's, which stays", () => {
    mkdirSync(join(box, "out.training"));
    writeFileSync(join(box, "out.training", "thesis.tex"), "mine");
    try {
      open();
      expect.unreachable();
    } catch (error) {
      if (!isEspalierError(error, "EXISTS")) throw error;
      expect(error.context.found).toBe('"thesis.tex"');
    }
    expect(existsSync(join(box, "out.training", "thesis.tex"))).toBe(true);
  });

  it("removes nothing that came while it ran", async () => {
    const kept = open();
    await write(kept);
    writeFileSync(join(kept.folder, "thesis.tex"), "mine");
    kept.done();
    expect(readdirSync(kept.folder)).toEqual(["thesis.tex"]);
  });
});
