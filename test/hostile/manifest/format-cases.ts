// Files of other formats: named, never read.

import { hostile } from "../case.js";
import { bytes, concat, utf8 } from "../wire.js";

const rest = new Uint8Array(64);
const flatbuffer = (identifier: string): Uint8Array => concat(bytes(0x1c, 0, 0, 0), utf8(identifier), rest);

export const FORMAT_CASES = [
  hostile("pickle, protocol 2", "UNSUPPORTED_FORMAT", () => concat(bytes(0x80, 2), utf8("cos\nsystem\n"))),
  hostile("pickle, protocol 5", "UNSUPPORTED_FORMAT", () => concat(bytes(0x80, 5), rest)),
  hostile("zip", "UNSUPPORTED_FORMAT", () => concat(utf8("PK\u0003\u0004"), rest)),
  hostile("TensorFlow Lite", "UNSUPPORTED_FORMAT", () => flatbuffer("TFL3")),
  hostile("ONNX Runtime format", "UNSUPPORTED_FORMAT", () => flatbuffer("ORTM")),
  hostile("safetensors", "UNSUPPORTED_FORMAT", () =>
    concat(bytes(16, 0, 0, 0, 0, 0, 0, 0), utf8('{"__metadata__":')),
  ),
  hostile("GGUF", "UNSUPPORTED_FORMAT", () => concat(utf8("GGUF"), rest)),
  hostile("HDF5", "UNSUPPORTED_FORMAT", () => concat(bytes(0x89), utf8("HDF\r\n"), rest)),
  hostile("NumPy", "UNSUPPORTED_FORMAT", () => concat(bytes(0x93), utf8("NUMPY"), rest)),
  hostile("gzip", "UNSUPPORTED_FORMAT", () => concat(bytes(0x1f, 0x8b, 8), rest)),
  hostile("zstd", "UNSUPPORTED_FORMAT", () => concat(bytes(0x28, 0xb5, 0x2f, 0xfd), rest)),
  hostile("xz", "UNSUPPORTED_FORMAT", () => concat(bytes(0xfd), utf8("7zXZ"), rest)),
  hostile("bzip2", "UNSUPPORTED_FORMAT", () => concat(utf8("BZh9"), rest)),
  hostile("HTML", "UNSUPPORTED_FORMAT", () => utf8("\n <!DOCTYPE html><html>404</html>")),
  hostile("JSON", "UNSUPPORTED_FORMAT", () => utf8('{"error": "not found"}')),
  hostile("Git LFS pointer", "UNSUPPORTED_FORMAT", () =>
    utf8("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
  ),
];
