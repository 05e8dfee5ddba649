import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FOLDER_LIMITS } from "@espalier/interchange";
import { isEspalierError } from "@espalier/ir";
import { openModelFolder } from "@espalier/runtime-node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSourceFolder, type SourceFolder } from "./source-folder.js";

let box = "";
const inside = (...names: string[]): string => join(box, ...names);
const open = (choice = {}): SourceFolder | null => openSourceFolder({ openModelFolder }, box, choice);

beforeEach(() => {
  box = mkdtempSync(join(tmpdir(), "espalier-source-"));
  mkdirSync(inside("onnx"));
  writeFileSync(inside("config.json"), '{"model_type":"resnet"}');
  writeFileSync(inside("README.md"), "# Card");
  writeFileSync(inside("onnx/model.onnx"), "model");
});
afterEach(() => rmSync(box, { recursive: true, force: true }));

function refusal(): string {
  try {
    open();
  } catch (error) {
    if (isEspalierError(error)) return error.code;
    throw error;
  }
  return "none";
}

describe("openSourceFolder", () => {
  it("finds the network, the settings and the card", () => {
    const folder = open();
    expect(folder?.model).toMatchObject({ path: "onnx/model.onnx", dtype: "fp32" });
    expect(folder?.config.model_type).toBe("resnet");
    expect(new TextDecoder().decode(folder?.card ?? undefined)).toBe("# Card");
  });

  it("is null for a file", () => {
    expect(openSourceFolder({ openModelFolder }, inside("config.json"), {})).toBeNull();
  });

  const hostile: readonly [name: string, code: string, change: () => void][] = [
    ["a key given twice", "INVALID_CONFIG", () => writeFileSync(inside("config.json"), '{"a":1,"a":2}')],
    ["a list for settings", "INVALID_CONFIG", () => writeFileSync(inside("config.json"), "[]")],
    [
      "settings without end",
      "LIMIT_EXCEEDED",
      () => writeFileSync(inside("config.json"), " ".repeat(FOLDER_LIMITS.textBytes + 1)),
    ],
    ["no settings", "INVALID_FOLDER", () => rmSync(inside("config.json"))],
    ["no network", "INVALID_FOLDER", () => rmSync(inside("onnx/model.onnx"))],
    ["two networks", "SEVERAL_MODELS", () => writeFileSync(inside("onnx/model_q4.onnx"), "other")],
    [
      "settings that are a link",
      "EXTERNAL_LINK",
      () => {
        rmSync(inside("config.json"));
        symlinkSync("/etc/hostname", inside("config.json"));
      },
    ],
    [
      "a card that is a link",
      "EXTERNAL_LINK",
      () => {
        rmSync(inside("README.md"));
        symlinkSync("/etc/hostname", inside("README.md"));
      },
    ],
  ];
  for (const [name, code, change] of hostile) {
    it(`refuses ${name}`, () => {
      change();
      expect(refusal()).toBe(code);
    });
  }
});
