// Reads an ONNX file. Every check that a file of unknown origin needs happens here or in what this calls: after
// readModel a model is within its limits, and what it says can be understood in one way only. Tensors stay views on
// `bytes`, which must not change afterwards; external data is read when a tensor's bytes are asked for.

import { fromBinary } from "@bufbuild/protobuf";
import { checkedNumber } from "../checked.js";
import { EspalierError, isEspalierError } from "../errors.js";
import { Model } from "../graph/model.js";
import { enforceLimit, type Limits, resolveLimits } from "../limits.js";
import { DimSymbols } from "./dim-symbols.js";
import { type ExternalData, ExternalRanges } from "./external-data.js";
import { type ModelProto, ModelProtoSchema } from "./onnx_pb.js";
import { refuseOtherFormats } from "./other-formats.js";
import { ReadContext, throwIfAborted } from "./read-context.js";
import { readFunctions } from "./read-functions.js";
import { readGraph } from "./read-graph.js";
import { readMetadata } from "./read-metadata.js";
import { residueOf } from "./residue.js";
import { scanModel } from "./scan.js";
import { verifyPassedThrough } from "./verify-passed-through.js";
import { readOpsets, requireStandardOpset, requireVersions } from "./versions.js";

export interface ReadOptions {
  readonly limits?: Partial<Limits>;
  /** The files beside the model; without it only models with all weights inside can be read entirely. */
  readonly external?: ExternalData;
  readonly signal?: AbortSignal;
}

/** What `Model.residue` holds. */
export interface ModelResidue {
  /** Training information, device configurations, fields of later versions. */
  readonly message: ModelProto | undefined;
  /** Names of the dimensions that the file left out. */
  readonly absentDims: ReadonlySet<string>;
}

/**
 * The model in an ONNX file.
 * @throws EspalierError with a code of the group "Reading"; nothing else, whatever `bytes` holds
 */
export function readModel(bytes: Uint8Array, options: ReadOptions = {}): Model {
  try {
    // Never a Node Buffer: its slice() would not copy.
    return read(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), options);
  } catch (error) {
    if (isEspalierError(error)) throw error;
    throw new EspalierError("MALFORMED", "The file cannot be read", {}, { cause: error });
  }
}

function read(bytes: Uint8Array, options: ReadOptions): Model {
  const limits = resolveLimits(options.limits);
  throwIfAborted(options.signal);
  enforceLimit(limits, "fileBytes", bytes.byteLength, "the file");
  refuseOtherFormats(bytes);
  scanModel(bytes, limits, options.signal);
  const proto = fromBinary(ModelProtoSchema, bytes, { recursionLimit: limits.messageDepth });
  if (proto.graph === undefined) throw new EspalierError("MALFORMED", "The model has no graph");
  const ranges = new ExternalRanges(options.external, limits);
  const context = new ReadContext({
    limits,
    ranges,
    symbols: new DimSymbols(proto.graph),
    signal: options.signal,
  });
  const irVersion = checkedNumber(proto.irVersion, "ir_version");
  const opsets = readOpsets(proto.opsetImport);
  requireVersions(irVersion, opsets);
  const model = new Model({ graph: readGraph(proto.graph, null, context), irVersion, opsets });
  requireStandardOpset(model.graph, opsets);
  model.functions = readFunctions(proto.functions, model.graph, context);
  ranges.verifyDisjoint();
  describe(model, proto);
  const message = residueOf(ModelProtoSchema, proto, ["trainingInfo", "configuration"]);
  if (message !== undefined) verifyPassedThrough(message, "training information", context);
  model.residue = { message, absentDims: context.symbols.absent } satisfies ModelResidue;
  return model;
}

function describe(model: Model, proto: ModelProto): void {
  model.producerName = proto.producerName;
  model.producerVersion = proto.producerVersion;
  model.domain = proto.domain;
  model.modelVersion = proto.modelVersion;
  model.docString = proto.docString;
  for (const [key, value] of readMetadata(proto.metadataProps, "the model"))
    model.metadataProps.set(key, value);
}
