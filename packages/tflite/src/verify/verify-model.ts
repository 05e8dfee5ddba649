// What a model says, once its bytes are decoded or before they are written: the same for both, so that what is written
// can be read. The order of operators and what they compute are not looked at here.

import { enforceLimit, type Limits } from "@espalier/ir";
import { refusal } from "../location.js";
import type { OperatorCode, TfliteModel } from "../model.js";
import { builtinOperator, PLACEHOLDER_CODE } from "../schema/builtin-operator.js";
import { verifyCalls } from "./verify-calls.js";
import { verifyIndex, verifyIndices } from "./verify-index.js";
import { verifyOperator } from "./verify-operator.js";
import { verifySignatures } from "./verify-signatures.js";
import { verifyTensor } from "./verify-tensor.js";

export const SCHEMA_VERSION = 3;

/**
 * @throws EspalierError `UNSUPPORTED_VERSION`, `UNSUPPORTED`, `LIMIT_EXCEEDED`, `INDEX_RANGE`, `TENSOR_SIZE`,
 * `OVERFLOW`, `AMBIGUOUS`, `DUPLICATE`, `INVALID_NODE`, `CYCLE`, `NONFINITE`, `MALFORMED`
 */
export function verifyModel(model: TfliteModel, limits: Limits): void {
  if (model.version !== SCHEMA_VERSION)
    throw refusal(
      "UNSUPPORTED_VERSION",
      "The schema has another version",
      "version",
      String(SCHEMA_VERSION),
      String(model.version),
    );
  if (model.subgraphs.length === 0)
    throw refusal("MALFORMED", "The model has no graph", "subgraphs", "at least one", "none");
  const first = model.buffers[0];
  if (first !== undefined && first.data.byteLength > 0)
    throw refusal(
      "AMBIGUOUS",
      "The first buffer holds data, and tensors without data point to it",
      "buffers[0].data",
      "no bytes",
      `${first.data.byteLength} bytes`,
    );
  for (const [i, code] of model.operatorCodes.entries()) verifyOperatorCode(code, `operatorCodes[${i}]`);
  verifyIndices(model.metadataBuffer, model.buffers.length, "buffer", "metadataBuffer");
  verifyMetadata(model);
  verifySubgraphs(model, limits);
  verifySignatures(model);
  verifyCalls(model);
}

function verifyOperatorCode({ builtinCode, customCode, version }: OperatorCode, where: string): void {
  const entry = builtinOperator(builtinCode);
  if (entry === undefined || entry.code === PLACEHOLDER_CODE)
    throw refusal(
      "UNSUPPORTED_VERSION",
      "An operator is not known",
      `${where}.builtinCode`,
      "a name",
      builtinCode,
    );
  if (builtinCode === "CUSTOM" && customCode === "")
    throw refusal(
      "INVALID_NODE",
      "A custom operator has no name",
      `${where}.customCode`,
      "a name",
      "nothing",
    );
  if (version < 1)
    throw refusal(
      "MALFORMED",
      "An operator has no version",
      `${where}.version`,
      "at least 1",
      String(version),
    );
}

function verifyMetadata({ metadata, buffers }: TfliteModel): void {
  const names = new Set<string>();
  for (const [i, { name, buffer }] of metadata.entries()) {
    verifyIndex(buffer, buffers.length, "buffer", `metadata[${i}].buffer`);
    if (names.has(name))
      throw refusal(
        "DUPLICATE",
        "Two entries of the metadata have one name",
        `metadata[${i}].name`,
        "another name",
        JSON.stringify(name),
      );
    names.add(name);
  }
}

function verifySubgraphs(model: TfliteModel, limits: Limits): void {
  const nodes = model.subgraphs.reduce((sum, { operators }) => sum + operators.length, 0);
  enforceLimit(limits, "nodes", nodes, "subgraphs");
  const strings = new Map<number, number>();
  for (const [i, { tensors, inputs, outputs, operators }] of model.subgraphs.entries()) {
    const where = `subgraphs[${i}]`;
    for (const [j, tensor] of tensors.entries())
      verifyTensor(tensor, model.buffers, strings, limits, `${where}.tensors[${j}]`);
    verifyIndices(inputs, tensors.length, "tensor", `${where}.inputs`);
    verifyIndices(outputs, tensors.length, "tensor", `${where}.outputs`);
    for (const [j, operator] of operators.entries())
      verifyOperator(operator, model.operatorCodes, tensors.length, limits, `${where}.operators[${j}]`);
  }
}
