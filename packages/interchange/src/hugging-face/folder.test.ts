import { isEspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { chooseModel, describeFolder, FOLDER_LIMITS, requireWholeModel } from "./folder.js";

const folder = (...paths: string[]) => describeFolder(paths.map((path) => ({ path, bytes: 10 })));
const CONFIG = "config.json";

function code(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (isEspalierError(error)) return error.code;
    throw error;
  }
  return "none";
}

describe("describeFolder", () => {
  it("sorts what goes along from what is replaced and what is left behind", () => {
    const contents = folder(
      CONFIG,
      "README.md",
      "LICENSE",
      "tokenizer.json",
      "tokenizer_config.json",
      "tokenizer.model",
      "vocab.txt",
      "merges.txt",
      "special_tokens_map.json",
      "added_tokens.json",
      "generation_config.json",
      "preprocessor_config.json",
      "chat_template.jinja",
      "model.safetensors",
      "pytorch_model.bin",
      "quantize_config.json",
      ".gitattributes",
      "onnx/model.onnx",
      "onnx/model.onnx_data",
      "onnx/model.io.json",
      "openvino/",
    );
    expect(contents.models).toEqual([{ base: "model", dtype: "fp32", path: "onnx/model.onnx", bytes: 10 }]);
    expect(contents.companions.map(({ path }) => path)).toEqual([
      "LICENSE",
      "added_tokens.json",
      "chat_template.jinja",
      "generation_config.json",
      "merges.txt",
      "preprocessor_config.json",
      "special_tokens_map.json",
      "tokenizer.json",
      "tokenizer.model",
      "tokenizer_config.json",
      "vocab.txt",
    ]);
    expect(contents.cards).toEqual(["onnx/model.io.json"]);
    expect(contents.leftBehind).toEqual([
      ".gitattributes",
      "model.safetensors",
      "onnx/model.onnx_data",
      "openvino/",
      "pytorch_model.bin",
      "quantize_config.json",
    ]);
  });

  it("refuses a folder without config.json, without a network, and with the network in the wrong place", () => {
    for (const paths of [
      ["onnx/model.onnx"],
      [CONFIG],
      [CONFIG, "model.onnx"],
      [CONFIG, "onnx/deep/model.onnx"],
    ])
      expect(code(() => folder(...paths))).toBe("INVALID_FOLDER");
    expect(() => folder(CONFIG, "model.onnx")).toThrow(/Move it into onnx\//);
  });

  it("stays within its limits", () => {
    const many = Array.from({ length: FOLDER_LIMITS.entries }, (_, i) => `x${i}`);
    expect(code(() => folder(CONFIG, "onnx/model.onnx", ...many))).toBe("LIMIT_EXCEEDED");
    const vocabularies = Array.from({ length: FOLDER_LIMITS.companions + 1 }, (_, i) => `vocab${i}.txt`);
    expect(code(() => folder(CONFIG, "onnx/model.onnx", ...vocabularies))).toBe("LIMIT_EXCEEDED");
    const huge = { path: "tokenizer.json", bytes: FOLDER_LIMITS.companionBytes + 1 };
    const rest = [CONFIG, "onnx/model.onnx"].map((path) => ({ path, bytes: 1 }));
    expect(code(() => describeFolder([...rest, huge]))).toBe("LIMIT_EXCEEDED");
  });
});

describe("chooseModel", () => {
  const several = folder(CONFIG, "onnx/model.onnx", "onnx/model_fp16.onnx", "onnx/encoder_model.onnx");

  it("takes the only network, or the one that is named", () => {
    expect(chooseModel(folder(CONFIG, "onnx/model_q4.onnx"), {}).dtype).toBe("q4");
    expect(chooseModel(several, { dtype: "fp16" }).path).toBe("onnx/model_fp16.onnx");
    for (const file of ["onnx/model.onnx", "model.onnx"])
      expect(chooseModel(several, { file }).path).toBe("onnx/model.onnx");
    expect(chooseModel(several, { preferred: "onnx/model_fp16.onnx" }).dtype).toBe("fp16");
    expect(chooseModel(several, { preferred: "onnx/model_fp16.onnx", file: "model.onnx" }).dtype).toBe(
      "fp32",
    );
    expect(chooseModel(folder(CONFIG, "onnx/model.onnx"), { preferred: "other.onnx" }).dtype).toBe("fp32");
  });

  it("lists what there is when that is not enough", () => {
    expect(code(() => chooseModel(several, {}))).toBe("SEVERAL_MODELS");
    expect(() => chooseModel(several, { dtype: "fp32" })).toThrow(
      /"onnx\/encoder_model.onnx" \(fp32\), "onnx\/model.onnx" \(fp32\)/,
    );
    expect(code(() => chooseModel(several, { file: "other.onnx" }))).toBe("INVALID_OPTION");
    expect(code(() => chooseModel(several, { file: "../onnx/model.onnx" }))).toBe("INVALID_OPTION");
  });
});

describe("requireWholeModel", () => {
  it("refuses a part of a model of several files and says which parts there are", () => {
    const parts = folder(CONFIG, "onnx/encoder_model.onnx", "onnx/decoder_model_merged.onnx");
    const part = chooseModel(parts, { file: "encoder_model.onnx" });
    expect(code(() => requireWholeModel(parts, part))).toBe("MULTI_FILE_MODEL");
    expect(() => requireWholeModel(parts, part)).toThrow(/"decoder_model_merged", "encoder_model"/);
  });
});
