import { describe, expect, it } from "vitest";
import { codeOf, modelBytes, reluGraph } from "../../testing/onnx-bytes.js";
import { refuseOtherFormats } from "./other-formats.js";

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

describe("refuseOtherFormats", () => {
  it.each([
    ["PyTorch", "PK\x03\x04\x00\x00\x08\x08"],
    ["pickle", "\x80\x02}q\x00"],
    ["TensorFlow Lite", "\x1c\x00\x00\x00TFL3\x14\x00"],
    ["ONNX Runtime", "\x18\x00\x00\x00ORTM\x00\x00"],
    ["safetensors", '\x40\x00\x00\x00\x00\x00\x00\x00{"a":'],
    ["GGUF", "GGUF\x03\x00\x00\x00"],
    ["HDF5", "\x89HDF\r\n\x1a\n"],
    ["NumPy", "\x93NUMPY\x01\x00"],
    ["gzip", "\x1f\x8b\x08\x00"],
    ["zstd", "\x28\xb5\x2f\xfd"],
    ["xz", "\xfd7zXZ\x00"],
    ["bzip2", "BZh91AY"],
    ["HTML", "\n<!DOCTYPE html>"],
    ["XML", '<?xml version="1.0"?>'],
    ["JSON", ' {"error": "not found"}'],
    ["JSON", "[1]"],
    ["Git LFS", "version https://git-lfs.github.com/spec/v1\n"],
  ])("recognises %s and says what to do", (name, text) => {
    const refuse = () => refuseOtherFormats(ascii(text));
    expect(codeOf(refuse)).toBe("UNSUPPORTED_FORMAT");
    expect(refuse).toThrow(new RegExp(`found .*${name}.*\\. [A-Z]`));
  });

  it("calls an empty file TRUNCATED", () => {
    expect(codeOf(() => refuseOtherFormats(new Uint8Array(0)))).toBe("TRUNCATED");
  });

  it("takes a model whose producer is called like another format", () => {
    for (const producerName of ["ORTModule", "TFL3 converter", "{", "<html>"]) {
      expect(codeOf(() => refuseOtherFormats(modelBytes(reluGraph(), { producerName })))).toBe("none");
    }
  });
});
