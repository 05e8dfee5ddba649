import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isEspalierError } from "@espalier/ir";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FolderCheckpoints, folderCheckpoints } from "./checkpoint-store.js";

let folder: string;
let store: FolderCheckpoints;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "espalier-test-"));
  store = folderCheckpoints(join(folder, "runs"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = async (name: string, age: 0 | 1): Promise<string | null> => {
  const found = await store.read(name, age);
  return found && new TextDecoder().decode(found);
};

describe("checkpoints in a folder", () => {
  it("are none at first", async () => {
    expect([await read("run", 0), await read("a/run.json", 1)]).toEqual([null, null]);
  });

  it("are the last and the last but one, whatever was written", async () => {
    for (const [i, text] of ["one", "two", "three", "four"].entries()) {
      await store.write("a/run.safetensors", bytes(text));
      expect(readdirSync(join(folder, "runs/a")).length).toBe(Math.min(2, i + 1));
    }
    expect([await read("a/run.safetensors", 0), await read("a/run.safetensors", 1)]).toEqual([
      "four",
      "three",
    ]);
    expect(readdirSync(join(folder, "runs/a")).sort()).toEqual([
      "run-00000003.safetensors",
      "run-00000004.safetensors",
    ]);
  });

  it("of names that begin alike do not meet", async () => {
    await store.write("run", bytes("run"));
    await store.write("run-1", bytes("run-1"));
    await store.write("run.json", bytes("json"));
    for (const [name, text] of [
      ["run", "run"],
      ["run-1", "run-1"],
      ["run.json", "json"],
    ] as const)
      expect([await read(name, 0), await read(name, 1)]).toEqual([text, null]);
  });

  it("leave other files alone", async () => {
    mkdirSync(join(folder, "runs"));
    writeFileSync(join(folder, "runs", "run-notes.txt"), "mine");
    writeFileSync(join(folder, "runs", "run-1"), "mine");
    for (const text of ["one", "two", "three"]) await store.write("run", bytes(text));
    expect(readdirSync(join(folder, "runs")).sort()).toEqual([
      "run-00000002",
      "run-00000003",
      "run-1",
      "run-notes.txt",
    ]);
  });

  it("clear up what a killed process left", async () => {
    mkdirSync(join(folder, "runs"));
    const { temporaryBeside } = await import("./temporaries.js");
    const left = temporaryBeside(join(folder, "runs", "run-00000001"), "new");
    const dead = left.replace(`-${process.pid}-`, "-999999999-");
    writeFileSync(dead, "half");
    await store.write("run", bytes("one"));
    expect(readdirSync(join(folder, "runs"))).toEqual(["run-00000001"]);
  });

  it("cannot be written where a file lies in the place of the folder; what was there stays", async () => {
    writeFileSync(join(folder, "runs"), "a file");
    const error = await store.write("run", bytes("one")).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(isEspalierError(error)).toBe(true);
  });

  it("are told apart from everything else, and removed without it", async () => {
    const runs = join(folder, "runs");
    expect([store.has(["run"]), store.foreign(["run"])]).toEqual([false, null]);
    for (const text of ["one", "two"]) await store.write("run", bytes(text));
    expect([store.has(["run"]), store.has(["other"])]).toEqual([true, false]);
    expect([store.foreign(["run"]), store.foreign([])]).toEqual([null, "run-00000001"]);
    writeFileSync(join(runs, "notes.txt"), "mine");
    mkdirSync(join(runs, "run-00000009"));
    expect(["notes.txt", "run-00000009"]).toContain(store.foreign(["run"]));
    store.remove(["run"]);
    expect(readdirSync(runs).sort()).toEqual(["notes.txt", "run-00000009"]);
    rmSync(join(runs, "notes.txt"));
    rmSync(join(runs, "run-00000009"), { recursive: true });
    store.remove(["run"]);
    expect(readdirSync(folder)).toEqual([]);
    store.remove(["run"]);
  });

  it("never lie in a file or a link", () => {
    writeFileSync(join(folder, "file"), "mine");
    symlinkSync(folder, join(folder, "runs"));
    expect([store.foreign(["run"]), folderCheckpoints(join(folder, "file")).foreign([])]).toEqual([".", "."]);
    store.remove(["run"]);
    folderCheckpoints(join(folder, "file")).remove(["run"]);
    expect(readdirSync(folder).sort()).toEqual(["file", "runs"]);
  });

  it("have plain names", async () => {
    for (const name of ["../run", "/run", "a//b", "a/..", "", "a b"])
      await expect(store.read(name, 0)).rejects.toThrow("no name for a checkpoint");
  });
});
