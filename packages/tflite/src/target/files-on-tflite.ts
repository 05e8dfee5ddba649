// TFLite files of ours on an interpreter, asked and answering in the order of axes that their ONNX models have.

import type {
  Feeds,
  LoadOptions,
  ModelBytes,
  RunLimits,
  Runtime,
  Session,
  TfliteRuntime,
} from "@espalier/core";
import type { TfliteInterface } from "../export/io.js";
import { readInterface } from "../export/read-interface.js";
import { readTflite } from "../read-tflite.js";
import { onnxSession, toFile } from "./onnx-session.js";

/** What files can be asked for without knowing what made them. */
export type FileRuntime = Pick<Runtime, "load" | "measureFootprint" | "measureLatency">;

export interface OpenedFile {
  readonly bytes: Uint8Array;
  /** null for a file of others: it is fed as it is. */
  readonly io: TfliteInterface | null;
}

/** @param open what is loaded for the bytes that are given: a file as it is, unless something else is said */
export function filesOnTflite(
  interpreter: TfliteRuntime,
  open: (model: Uint8Array, freeDims?: Readonly<Record<string, number>>) => OpenedFile = openFile,
): FileRuntime {
  const opened = (model: Uint8Array | ModelBytes, freeDims?: Readonly<Record<string, number>>): OpenedFile =>
    open(model instanceof Uint8Array ? model : model.bytes, freeDims);
  return {
    async load(model, options: LoadOptions & RunLimits = {}): Promise<Session> {
      const { bytes, io } = opened(model, options.freeDims);
      const session = await interpreter.load(bytes, options);
      return io === null ? session : onnxSession(session, io);
    },
    measureFootprint: (model, feeds, options) => {
      const { bytes, io } = opened(model);
      return interpreter.measureFootprint(bytes, fed(io, feeds), options);
    },
    measureLatency: (request) => {
      const files = Object.entries(request.models).map(([label, model]) => [label, opened(model)] as const);
      const io = files[0]?.[1].io ?? null;
      const models = Object.fromEntries(files.map(([label, { bytes }]) => [label, { bytes }]));
      return interpreter.measureLatency({ ...request, models, feeds: fed(io, request.feeds) });
    },
  };
}

/** @throws EspalierError what `readTflite` throws */
export function openFile(bytes: Uint8Array): OpenedFile {
  return { bytes, io: readInterface(readTflite(bytes)) };
}

/** Feeds as the file takes them. */
export function fed(io: TfliteInterface | null, feeds: Feeds): Feeds {
  return io === null ? feeds : toFile(io.inputs, feeds);
}
