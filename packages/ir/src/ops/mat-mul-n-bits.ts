// MatMulNBits, Microsoft's: MatMul by a constant matrix of few-bit integers in blocks along K.

import type { Value } from "../graph/value.js";
import { intOf, invalidNode, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** a [..., K], b [N, blocks, blockSize·bits/8] packed, scales [N, blocks] → y [..., N]. */
export interface MatMulNBitsView {
  readonly a: Value;
  readonly b: Value;
  readonly scales: Value;
  readonly zeroPoints: Value | null;
  /** Index of the block that each k belongs to, where rows were reordered. */
  readonly groupIndex: Value | null;
  readonly bias: Value | null;
  readonly y: Value;
  readonly k: number;
  readonly n: number;
  readonly bits: number;
  readonly blockSize: number;
}

export const matMulNBits: OpDefinition<MatMulNBitsView> = defineOp({
  domain: "com.microsoft",
  opType: "MatMulNBits",
  float32: "TYPE",
  view: (node) => {
    const [k, n, blockSize] = [intOf(node, "K"), intOf(node, "N"), intOf(node, "block_size")];
    if (k === null || n === null || blockSize === null)
      throw invalidNode(node, '"K", "N", "block_size"', "less");
    return {
      a: requireInput(node, 0),
      b: requireInput(node, 1),
      scales: requireInput(node, 2),
      zeroPoints: node.input(3),
      groupIndex: node.input(4),
      bias: node.input(5),
      y: requireOutput(node, 0),
      k,
      n,
      bits: intOf(node, "bits") ?? 4,
      blockSize,
    };
  },
  infer: ({ a, n }, facts) => {
    const shape = facts.shape(a);
    return [{ dataType: facts.dataType(a), shape: shape && [...shape.slice(0, -1), n] }];
  },
});
