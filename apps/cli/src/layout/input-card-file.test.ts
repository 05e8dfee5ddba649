import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readInputCard } from "@espalier/interchange";
import { GraphBuilder } from "@espalier/ir";
import { externalDataIn, openModelFolder } from "@espalier/runtime-node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Source } from "../source.js";
import { cardAlong, classNamesOf } from "./input-card-file.js";
import { openSourceFolder } from "./source-folder.js";

let box = "";
beforeEach(() => {
  box = mkdtempSync(join(tmpdir(), "espalier-card-"));
  mkdirSync(join(box, "onnx"));
  writeFileSync(join(box, "onnx/model.onnx"), "model");
  writeFileSync(join(box, "config.json"), '{"id2label":{"0":"cat","1":"dog"}}');
});
afterEach(() => rmSync(box, { recursive: true }));

const net = new GraphBuilder();
net.output(net.op("Relu", [net.input("pixel_values", ["N", 3, 8, 8])]), "logits");
const model = net.model();
const source = (): Source => ({
  ...{ path: join(box, "onnx/model.onnx"), name: "onnx/model.onnx", bytes: new Uint8Array() },
  ...{ external: externalDataIn(box), folder: openSourceFolder({ openModelFolder }, box, {}) },
});

describe("the card that goes along", () => {
  it("is the one that somebody wrote, byte for byte, else the one that the folder implies, else none", () => {
    const written = new TextEncoder().encode('{ "inputs": [{ "name": "pixel_values" }] }');
    expect(cardAlong(source(), model, written)).toBe(written);
    expect(cardAlong(source(), model, null)).toBeNull();
    writeFileSync(join(box, "preprocessor_config.json"), '{"do_normalize":true,"image_mean":[0.5,0.5,0.5]}');
    const implied = cardAlong(source(), model, null);
    expect(readInputCard(implied ?? new Uint8Array())).toMatchObject({
      inputs: [{ name: "pixel_values", layout: "NCHW", mean: [0.5, 0.5, 0.5] }],
      labels: ["cat", "dog"],
    });
    expect(cardAlong({ ...source(), folder: null }, model, null)).toBeNull();
  });

  it("names the classes; without it the settings do", () => {
    const card = { inputs: [{ name: "pixel_values" }] };
    expect(classNamesOf(source(), { ...card, labels: ["lynx"] })).toEqual(["lynx"]);
    expect(classNamesOf(source(), card)).toEqual(["cat", "dog"]);
    expect(classNamesOf({ ...source(), folder: null }, card)).toBeNull();
  });
});
