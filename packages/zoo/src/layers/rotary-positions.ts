// Rotary position embedding: neighbouring pairs of a head's dimensions turn by an angle that grows with the place.

import { floatTensor, intAttribute, type Value } from "@espalier/ir";
import type { Layers } from "./layers.js";

/** Turns `heads` heads: [N, T, heads, size] → the same. */
export type Turn = (x: Value, name: string, heads: number) => Value;

/**
 * (x₂ᵢ, x₂ᵢ₊₁) → rotated by place · 10000^(−2i / size).
 *
 * Source: Su et al. 2021, "RoFormer", §3.2.2, arXiv:2104.09864. Pairs are neighbours, as there and in llama2.c;
 * checkpoints in the transformers library pair a dimension with the one half a head away.
 *
 * @param length  int64 [1]: the tokens of this run
 */
export function rotaryPositions(net: Layers, length: Value, maxLength: number, size: number): Turn {
  const { graph } = net;
  const pairs = size / 2;
  const angles = Array.from(
    { length: maxLength * pairs },
    (_, i) => Math.floor(i / pairs) * 10000 ** ((-2 * (i % pairs)) / size),
  );
  const start = graph.ints("rope.start", [0]);
  const axis = graph.ints("rope.axis", [1]);
  const table = (name: string, of: (angle: number) => number): Value => {
    const full = graph.weight(`${name}.full`, floatTensor([1, maxLength, 1, pairs, 1], angles.map(of)));
    return graph.op("Slice", [full, start, length, axis], { name });
  };
  const cos = table("rope.cos", Math.cos);
  const sin = table("rope.sin", Math.sin);
  return (x, name, heads) => {
    const op = (opType: string, a: Value, b: Value, part: string): Value =>
      graph.op(opType, [a, b], { name: `${name}.${part}` });
    const pair = op("Reshape", x, graph.ints(`${name}.pairs`, [0, 0, 0, pairs, 2]), "pair");
    const [re, im] = graph.ops("Split", [pair], {
      name: `${name}.split`,
      outputs: 2,
      attributes: { axis: intAttribute(4) },
    }) as [Value, Value];
    const real = op("Sub", op("Mul", re, cos, "re_cos"), op("Mul", im, sin, "im_sin"), "re");
    const imaginary = op("Add", op("Mul", re, sin, "re_sin"), op("Mul", im, cos, "im_cos"), "im");
    const joined = graph.op("Concat", [real, imaginary], {
      name: `${name}.joined`,
      attributes: { axis: intAttribute(-1) },
    });
    return op("Reshape", joined, graph.ints(`${name}.shape`, [0, 0, heads, size]), "turned");
  };
}
