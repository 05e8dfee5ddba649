// Signatures: names under which callers know a subgraph, its inputs and its outputs. Each must mean one thing.

import { refusal } from "../location.js";
import type { TensorMap, TfliteModel } from "../model.js";
import { verifyIndex } from "./verify-index.js";

export function verifySignatures({ signatureDefs, subgraphs }: TfliteModel): void {
  const keys = new Set<string>();
  for (const [i, { signatureKey, subgraphIndex, inputs, outputs }] of signatureDefs.entries()) {
    const where = `signatureDefs[${i}]`;
    requireNew(keys, signatureKey, `${where}.signatureKey`);
    verifyIndex(subgraphIndex, subgraphs.length, "subgraph", `${where}.subgraphIndex`);
    const tensors = subgraphs[subgraphIndex]?.tensors.length ?? 0;
    verifyNames(inputs, tensors, `${where}.inputs`);
    verifyNames(outputs, tensors, `${where}.outputs`);
  }
}

function verifyNames(maps: readonly TensorMap[], tensors: number, where: string): void {
  const names = new Set<string>();
  for (const [i, { name, tensorIndex }] of maps.entries()) {
    requireNew(names, name, `${where}[${i}].name`);
    verifyIndex(tensorIndex, tensors, "tensor", `${where}[${i}].tensorIndex`);
  }
}

function requireNew(names: Set<string>, name: string, where: string): void {
  if (names.has(name))
    throw refusal("DUPLICATE", "A name stands for two things", where, "another name", JSON.stringify(name));
  names.add(name);
}
