// What attention does with heads, written with Reshape, Transpose, MatMul and Softmax, so that heads and their
// dimensions can be followed through it.

import { intAttribute, intsAttribute, type Value } from "@espalier/ir";
import type { Layers } from "./layers.js";

/** [N, T, heads · size] → [N, T, heads, size] */
export function splitHeads(net: Layers, x: Value, name: string, heads: number, size: number): Value {
  return net.graph.op("Reshape", [x, net.graph.ints(`${name}.shape`, [0, 0, heads, size])], { name });
}

/** [N, heads, T, size] → [N, T, heads · size] */
export function mergeHeads(net: Layers, x: Value, name: string, width: number): Value {
  const { graph } = net;
  const turned = transpose(net, x, `${name}.transpose`, [0, 2, 1, 3]);
  return graph.op("Reshape", [turned, graph.ints(`${name}.shape`, [0, 0, width])], { name });
}

/**
 * softmax(q kᵀ / √size + mask) v
 *
 * Source: Vaswani et al. 2017, "Attention Is All You Need", eq. 1, arXiv:1706.03762.
 *
 * @param q, k, v  [N, T, heads, size]
 * @param scale  1 / √size, a scalar
 * @param mask  broadcast to [N, heads, T, T]: 0 where one may look, very negative elsewhere
 * @returns [N, heads, T, size]
 */
export function attend(
  net: Layers,
  name: string,
  { q, k, v, scale, mask }: { readonly [part in "q" | "k" | "v" | "scale" | "mask"]: Value },
): Value {
  const { graph } = net;
  const scores = graph.op(
    "MatMul",
    [
      transpose(net, q, `${name}.q_heads`, [0, 2, 1, 3]), // [N, heads, T, size]
      transpose(net, k, `${name}.k_heads`, [0, 2, 3, 1]), // [N, heads, size, T]
    ],
    { name: `${name}.scores` },
  );
  const scaled = graph.op("Mul", [scores, scale], { name: `${name}.scaled` });
  const masked = net.add(scaled, mask, `${name}.masked`);
  const probabilities = graph.op("Softmax", [masked], {
    name: `${name}.softmax`,
    attributes: { axis: intAttribute(-1) },
  });
  const values = transpose(net, v, `${name}.v_heads`, [0, 2, 1, 3]);
  return graph.op("MatMul", [probabilities, values], { name: `${name}.context` });
}

export function transpose(net: Layers, x: Value, name: string, order: readonly number[]): Value {
  return net.graph.op("Transpose", [x], { name, attributes: { perm: intsAttribute(order) } });
}
