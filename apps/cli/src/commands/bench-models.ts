// What bench times: ONNX files as they are, or, for TFLite, as they are exported, beside files that were exported before.

import {
  type Feeds,
  inOnePiece,
  isUnavailable,
  openSubject,
  randomInputs,
  seededRandom,
} from "@espalier/core";
import { DataType, EspalierError } from "@espalier/ir";
import type { Source } from "../source.js";

export interface BenchedAs {
  readonly target: string;
  readonly dim?: Readonly<Record<string, number>>;
  readonly seed: number;
}

/** The bytes of one model in the form that the target loads. */
export async function benchedModel(source: Source, { target, dim = {} }: BenchedAs): Promise<Uint8Array> {
  if (target !== "tflite") return inOnePiece(source.bytes, source);
  const { isTflite, tflite } = await import("@espalier/tflite");
  if (isTflite(source.bytes)) return source.bytes;
  const { model, bindings } = openSubject(source.bytes, { external: source.external, dims: dim });
  const files = await tflite.exportModel(model, { bindings });
  if (!isUnavailable(files)) return files[0]?.bytes ?? new Uint8Array(0);
  throw new EspalierError("NOT_RUNNABLE", "The network has no form in TFLite", {
    found: files.unavailable,
    unblock: files.unblock,
  });
}

/** Seeded inputs for a model, in ONNX's order of axes. */
export async function benchedFeeds(source: Source, { target, dim = {}, seed }: BenchedAs): Promise<Feeds> {
  const file = target === "tflite" ? await feedsOfFile(source, seed) : null;
  if (file !== null) return file;
  const { model, boundFacts, handlers } = openSubject(source.bytes, {
    external: source.external,
    dims: dim,
  });
  return randomInputs(model, boundFacts, handlers, { seed, count: 1 })[0] ?? {};
}

/** null where the source is an ONNX file. */
async function feedsOfFile({ bytes, path }: Source, seed: number): Promise<Feeds | null> {
  const { isTflite, readInterface, readTflite } = await import("@espalier/tflite");
  if (!isTflite(bytes)) return null;
  const io = readInterface(readTflite(bytes));
  if (io === null || io.inputs.some(({ onnxType }) => onnxType !== "float"))
    throw new EspalierError("UNSUPPORTED", "What this file takes is not known", {
      where: path,
      expected: "a file that Espalier exported, with float32 inputs",
      unblock: "Name the ONNX model first.",
    });
  const random = seededRandom(seed, "bench");
  return Object.fromEntries(
    io.inputs.map(({ name, onnxShape }) => {
      const count = onnxShape.reduce((product, size) => product * size, 1);
      const data = Float32Array.from({ length: count }, () => random.normal());
      return [name, { dataType: DataType.FLOAT, dims: onnxShape, data }];
    }),
  );
}
