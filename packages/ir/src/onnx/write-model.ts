// Writes a model as ONNX. The result is a list of chunks, most of them views of the model's own tensors, so writing
// a model of gigabytes takes no second copy in memory. Same model and options, same bytes.

import { create } from "@bufbuild/protobuf";
import { EspalierError } from "../errors.js";
import type { Model } from "../graph/model.js";
import { NODE_LIMITS } from "../limits.js";
import { encodeChunks } from "./encode-chunks.js";
import { ExternalFileLayout } from "./external-file-layout.js";
import { plainLocation } from "./external-location.js";
import {
  type FunctionProto,
  type ModelProto,
  ModelProtoSchema,
  OperatorSetIdProtoSchema,
} from "./onnx_pb.js";
import type { ModelResidue } from "./read-model.js";
import { restoreResidue } from "./residue.js";
import { concatBytes } from "./typed-data.js";
import { writeGraph } from "./write-graph.js";
import { writeMetadata } from "./write-metadata.js";

export interface WriteOptions {
  /**
   * Where weights go: `auto` (default) inside, and beyond 1.5 GiB into `model.onnx.data`; `never` inside; or into a
   * file of this name, from `threshold` bytes a tensor on.
   */
  readonly external?: "auto" | "never" | ExternalPlacement;
}

export interface ExternalPlacement {
  readonly threshold: number;
  /** Name beside the model. Never taken from the source. */
  readonly fileName: string;
}

export interface WrittenFile {
  readonly name: string;
  /** In order. May be views of the model's tensors: do not write to them. */
  readonly chunks: readonly Uint8Array[];
  readonly byteLength: number;
}

export interface WrittenModel {
  /** The model file, in order. May be views of the model's tensors: do not write to them. */
  readonly chunks: readonly Uint8Array[];
  readonly byteLength: number;
  /** Files that must lie beside it. */
  readonly files: readonly WrittenFile[];
}

const AUTO_EXTERNAL_BYTES = 1.5 * 1024 ** 3;
const AUTO_PLACEMENT: ExternalPlacement = { threshold: 1024, fileName: "model.onnx.data" };

/** @throws EspalierError `LIMIT_EXCEEDED` when the model file itself would pass 2 GiB; `EXTERNAL_*` from the source */
export function writeModel(model: Model, options: WriteOptions = {}): WrittenModel {
  const { external = "auto" } = options;
  if (external === "never") return write(model, null);
  if (external !== "auto") return write(model, external);
  return inlineBytes(model) > AUTO_EXTERNAL_BYTES ? write(model, AUTO_PLACEMENT) : write(model, null);
}

/** All chunks in one new array. */
export function concatChunks(chunks: readonly Uint8Array[]): Uint8Array {
  return concatBytes([new Uint8Array(0), ...chunks]);
}

function write(model: Model, placement: ExternalPlacement | null): WrittenModel {
  const external = placement === null ? null : layoutFor(placement);
  const chunks = encodeChunks(ModelProtoSchema, writeProto(model, external));
  const byteLength = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  if (byteLength > NODE_LIMITS.fileBytes) {
    throw new EspalierError("LIMIT_EXCEEDED", "The model file would be too large for protobuf", {
      limit: "fileBytes",
      expected: `at most ${NODE_LIMITS.fileBytes}`,
      found: String(byteLength),
      unblock: 'Write the weights to a file of their own: { external: { threshold, fileName } } or "auto".',
    });
  }
  const files: WrittenFile[] = [];
  if (external !== null && external.byteLength > 0) {
    files.push({ name: external.fileName, chunks: external.chunks, byteLength: external.byteLength });
  }
  return { chunks, byteLength, files };
}

function layoutFor({ fileName, threshold }: ExternalPlacement): ExternalFileLayout {
  if (plainLocation(fileName, "") !== fileName || fileName.includes("/") || !(threshold >= 0)) {
    throw new EspalierError("INVALID_OPTION", "The placement of external data is not usable", {
      where: "external",
      expected: "a plain file name and a threshold in bytes",
      found: `${fileName}, ${threshold}`,
    });
  }
  return new ExternalFileLayout(fileName, threshold);
}

function writeProto(model: Model, external: ExternalFileLayout | null): ModelProto {
  const residue = model.residue as ModelResidue | undefined;
  const proto = create(ModelProtoSchema, {
    irVersion: BigInt(model.irVersion),
    opsetImport: [...model.opsets].map(([domain, version]) =>
      create(OperatorSetIdProtoSchema, { version: BigInt(version), ...(domain === "" ? {} : { domain }) }),
    ),
    metadataProps: writeMetadata(model.metadataProps),
    functions: model.functions.map((fn) => fn.residue as FunctionProto),
  });
  if (model.producerName !== "") proto.producerName = model.producerName;
  if (model.producerVersion !== "") proto.producerVersion = model.producerVersion;
  if (model.domain !== "") proto.domain = model.domain;
  if (model.modelVersion !== 0n) proto.modelVersion = model.modelVersion;
  if (model.docString !== "") proto.docString = model.docString;
  proto.graph = writeGraph(model.graph, { absentDims: residue?.absentDims ?? new Set(), external });
  restoreResidue(ModelProtoSchema, proto, residue?.message);
  return proto;
}

/** Bytes of all initialisers of the main graph, which is where models grow. */
function inlineBytes(model: Model): number {
  let bytes = 0;
  for (const { initializer } of model.graph.initializers) bytes += initializer?.byteLength ?? 0;
  return bytes;
}
