// Recognises files that are not ONNX by their first bytes, to say what they are and how to convert them. Nothing of
// them is read: a pickle is a program.

import { EspalierError } from "../errors.js";

interface OtherFormat {
  readonly name: string;
  readonly convert: string;
  readonly matches: (bytes: Uint8Array) => boolean;
}

const EXPORT_TORCH = "Export the model with torch.onnx.export and give the .onnx file.";
const UNPACK = "Unpack it and give the .onnx file inside.";

const OTHER_FORMATS: readonly OtherFormat[] = [
  {
    name: "a Git LFS pointer",
    convert: "Run `git lfs pull` to fetch the file it stands for.",
    matches: startsWith("version https://git-lfs"),
  },
  {
    name: "a zip archive (PyTorch .pt, Keras .keras, .npz)",
    convert: `If it is a PyTorch model: ${EXPORT_TORCH} If it is Keras: use tf2onnx. If it is an archive: unpack it.`,
    matches: startsWith("PK\x03\x04"),
  },
  { name: "a pickle (PyTorch .pth, .pkl)", convert: EXPORT_TORCH, matches: isPickle },
  {
    name: "a TensorFlow Lite model",
    convert:
      "Convert it with tf2onnx (`python -m tf2onnx.convert --tflite model.tflite --output model.onnx`).",
    matches: isFlatbuffer("TFL3"),
  },
  {
    name: "an ONNX Runtime model (.ort)",
    convert: "Give the .onnx file that it was made from.",
    matches: isFlatbuffer("ORTM"),
  },
  {
    name: "safetensors",
    convert:
      "It holds weights without a network. Export the model to ONNX, for example with optimum-cli export onnx.",
    matches: isSafetensors,
  },
  {
    name: "GGUF",
    convert: "Export the model it was made from to ONNX, for example with optimum-cli export onnx.",
    matches: startsWith("GGUF"),
  },
  { name: "HDF5 (Keras .h5)", convert: "Convert it with tf2onnx.", matches: startsWith("\x89HDF") },
  {
    name: "a NumPy array",
    convert: "It holds no network. Give an .onnx file.",
    matches: startsWith("\x93NUMPY"),
  },
  { name: "gzip", convert: UNPACK, matches: startsWith("\x1f\x8b") },
  { name: "zstd", convert: UNPACK, matches: startsWith("\x28\xb5\x2f\xfd") },
  { name: "xz", convert: UNPACK, matches: startsWith("\xfd7zXZ") },
  { name: "bzip2", convert: UNPACK, matches: startsWith("BZh") },
  {
    name: "HTML or XML",
    convert: "It is probably the page of an error or login instead of the file: download the file itself.",
    matches: (bytes) => firstPrintable(bytes) === "<",
  },
  {
    name: "JSON",
    convert: "Give the .onnx file.",
    matches: (bytes) => firstPrintable(bytes) === "{" || firstPrintable(bytes) === "[",
  },
];

/** @throws EspalierError `UNSUPPORTED_FORMAT` naming the format; `TRUNCATED` for an empty file */
export function refuseOtherFormats(bytes: Uint8Array): void {
  if (bytes.byteLength === 0) throw new EspalierError("TRUNCATED", "The file is empty");
  const format = OTHER_FORMATS.find(({ matches }) => matches(bytes));
  if (format === undefined) return;
  throw new EspalierError("UNSUPPORTED_FORMAT", "The file is not ONNX", {
    expected: "an ONNX model",
    found: format.name,
    unblock: format.convert,
  });
}

function startsWith(magic: string, offset = 0): (bytes: Uint8Array) => boolean {
  return (bytes) => {
    for (let i = 0; i < magic.length; i++) if (bytes[offset + i] !== magic.charCodeAt(i)) return false;
    return true;
  };
}

/** The offset of the root table, which is small, then the identifier: an ONNX producer may be called "ORTModule". */
function isFlatbuffer(identifier: string): (bytes: Uint8Array) => boolean {
  const identified = startsWith(identifier, 4);
  return (bytes) => bytes[2] === 0 && bytes[3] === 0 && identified(bytes);
}

/** PROTO opcode, protocol 2 to 5. */
function isPickle(bytes: Uint8Array): boolean {
  const [first, protocol = 0] = bytes;
  return first === 0x80 && protocol >= 2 && protocol <= 5;
}

/** Eight bytes of length, then JSON. */
function isSafetensors(bytes: Uint8Array): boolean {
  return bytes[8] === 0x7b && bytes[4] === 0 && bytes[5] === 0 && bytes[6] === 0 && bytes[7] === 0;
}

/** The first character that is not white space (or a byte order mark), looking at a few. */
function firstPrintable(bytes: Uint8Array): string {
  for (const byte of bytes.subarray(0, 64)) {
    if (byte > 0x20 && byte < 0x7f) return String.fromCharCode(byte);
    if (!WHITE.has(byte)) return "";
  }
  return "";
}

const WHITE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);
