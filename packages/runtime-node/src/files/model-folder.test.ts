import { spawnSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isEspalierError } from "@espalier/ir";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ModelFolder, openModelFolder } from "./model-folder.js";

let box = "";
const inside = (...names: string[]): string => join(box, "folder", ...names);

beforeEach(() => {
  box = mkdtempSync(join(tmpdir(), "espalier-folder-"));
  mkdirSync(inside("onnx"), { recursive: true });
  writeFileSync(inside("config.json"), "{}");
  writeFileSync(inside("onnx/model.onnx"), "model");
  writeFileSync(join(box, "secret"), "secret");
});
afterEach(() => rmSync(box, { recursive: true, force: true }));

const opened = (): ModelFolder => openModelFolder(inside()) as ModelFolder;

function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (isEspalierError(error)) return error.code;
    throw error;
  }
  return "none";
}

describe("openModelFolder", () => {
  it("is null for what is no folder", () => {
    expect(openModelFolder(inside("config.json"))).toBeNull();
    expect(openModelFolder(inside("absent"))).toBeNull();
  });

  it("may itself be reached through a link", () => {
    symlinkSync(inside(), join(box, "way"));
    expect(new TextDecoder().decode(openModelFolder(join(box, "way"))?.read("config.json", 10))).toBe("{}");
  });

  it("lists the folder and its onnx/, links as empty files and other folders by name", () => {
    mkdirSync(inside("openvino/deep"), { recursive: true });
    symlinkSync("../secret", inside("tokenizer.json"));
    expect([...opened().list(100)].sort((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      { path: "config.json", bytes: 2 },
      { path: "onnx/model.onnx", bytes: 5 },
      { path: "openvino/", bytes: 0 },
      { path: "tokenizer.json", bytes: 0 },
    ]);
  });

  it("stops listing at its limit", () => {
    expect(refusal(() => opened().list(1))).toBe("LIMIT_EXCEEDED");
  });

  it("refuses an onnx/ that is a link", () => {
    rmSync(inside("onnx"), { recursive: true });
    symlinkSync(box, inside("onnx"));
    expect(refusal(() => opened().list(100))).toBe("EXTERNAL_LINK");
    expect(refusal(() => opened().read("onnx/secret", 100))).toBe("EXTERNAL_LINK");
  });
});

describe("read", () => {
  it("reads files within the limit", () => {
    expect(opened().read("onnx/model.onnx", 5)).toEqual(new TextEncoder().encode("model"));
    expect(refusal(() => opened().read("onnx/model.onnx", 4))).toBe("LIMIT_EXCEEDED");
    expect(refusal(() => opened().read("absent", 4))).toBe("NOT_FOUND");
    expect(refusal(() => opened().read("config.json/x", 4))).toBe("NOT_FOUND");
  });

  it("reads nothing outside the folder, whatever it is called or linked to", () => {
    symlinkSync("../secret", inside("relative"));
    symlinkSync(join(box, "secret"), inside("absolute"));
    symlinkSync("config.json", inside("within"));
    symlinkSync("loop", inside("loop"));
    linkSync(join(box, "secret"), inside("hard"));
    for (const name of ["relative", "absolute", "within", "loop", "hard", "onnx"])
      expect({ name, code: refusal(() => opened().read(name, 100)) }).toEqual({
        name,
        code: "EXTERNAL_LINK",
      });
    for (const name of ["../secret", "onnx/../../secret", join(box, "secret"), "", "a\\b", "c:x"])
      expect({ name, code: refusal(() => opened().read(name, 100)) }).toEqual({
        name,
        code: "EXTERNAL_PATH",
      });
  });

  it("does not wait for a pipe", () => {
    spawnSync("mkfifo", [inside("pipe")]);
    expect(refusal(() => opened().read("pipe", 100))).toBe("EXTERNAL_LINK");
  });
});
