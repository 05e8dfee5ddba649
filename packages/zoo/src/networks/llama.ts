// A small decoder in the manner of Llama 2: RMSNorm, rotary positions, grouped-query attention, SwiGLU.

import { DataType, floatTensor, intAttribute, intsAttribute, type Model, type Value } from "@espalier/ir";
import { normal } from "../initialise/normal.js";
import { silu } from "../layers/activations.js";
import { attend, mergeHeads, splitHeads, transpose } from "../layers/heads.js";
import { Layers } from "../layers/layers.js";
import { embedding, matrix } from "../layers/matrix.js";
import { rotaryPositions } from "../layers/rotary-positions.js";
import { seededWeights, type WeightSource } from "../layers/weight-source.js";
import { checkCounts, checkSeed, invalid } from "./options.js";

export interface LlamaConfig {
  /** Features of a token; an even multiple of `heads`. */
  readonly dim: number;
  /** Units of the gated network. */
  readonly hiddenDim: number;
  readonly layers: number;
  /** Heads of the queries; a multiple of `kvHeads`. */
  readonly heads: number;
  /** Heads of keys and values. */
  readonly kvHeads: number;
  readonly vocabulary: number;
  /** Most tokens of a sequence, at most {@link LONGEST_LLAMA}: positions and mask are tables. */
  readonly maxLength: number;
  /** The classifier is the embedding table. */
  readonly tied: boolean;
}

/** The causal mask is a table of maxLength²: 64 MiB at this length. */
export const LONGEST_LLAMA = 4096;

/** The shape of the 260K checkpoint that llama2.c is tried with. */
export const STORIES_260K: LlamaConfig = {
  dim: 64,
  hiddenDim: 172,
  layers: 5,
  heads: 8,
  kvHeads: 4,
  vocabulary: 512,
  maxLength: 512,
  tied: true,
};

/**
 * 260,032 parameters in the default shape; 4.31M MACs at 16 tokens.
 *
 * Source: Touvron et al. 2023, "Llama 2", arXiv:2307.09288; the shape and the names of llama2.c. Starts from N(0, 0.02²);
 * the two projections that end in the residual stream, `wo` and `w2`, from a standard deviation smaller by √(2 layers)
 * (Radford et al. 2019, §2.3). Weights of linear layers lie as MatMul reads them, [inputs, outputs]: PyTorch has them
 * transposed.
 *
 * @returns input tokens int64 [N, T], T ≤ maxLength → logits [N, T, vocabulary]
 */
export function llama(options: Partial<LlamaConfig> & { readonly seed?: number } = {}): Model {
  const { seed = 1, ...shape } = options;
  checkSeed(seed);
  return buildLlama({ ...STORIES_260K, ...shape }, seededWeights(seed));
}

/** The same on weights from anywhere. */
export function buildLlama(config: LlamaConfig, source: WeightSource): Model {
  checkLlama(config);
  const { dim, hiddenDim, layers, heads, kvHeads, vocabulary, maxLength, tied } = config;
  const net = new Layers("llama", source, normal(0.02));
  const { graph } = net;
  const size = dim / heads;
  const tokens = graph.input("tokens", ["N", "T"], DataType.INT64);
  const table = net.weight("tok_embeddings.weight", [vocabulary, dim]);
  const length = graph.op(
    "Gather",
    [graph.op("Shape", [tokens], { name: "shape" }), graph.ints("length.axis", [1])],
    { name: "length" },
  );
  const turn = rotaryPositions(net, length, maxLength, size);
  const mask = causalMask(net, length, maxLength);
  const scale = net.scalar("attention.scale", 1 / Math.sqrt(size));
  const small = normal(0.02 / Math.sqrt(2 * layers));

  let x = embedding(net, tokens, table, "tok_embeddings"); // [N, T, dim]
  for (let layer = 0; layer < layers; layer++) {
    const name = `layers.${layer}`;
    const attention = `${name}.attention`;
    const seen = rmsNorm(net, x, `${name}.attention_norm`, dim);
    const project = (part: string, count: number): Value => {
      const y = matrix(net, seen, `${attention}.w${part}`, { from: dim, to: count * size });
      return splitHeads(net, y, `${attention}.${part}_split`, count, size); // [N, T, count, size]
    };
    const q = turn(project("q", heads), `${attention}.q_turned`, heads);
    const k = turn(project("k", kvHeads), `${attention}.k_turned`, kvHeads);
    const v = project("v", kvHeads);
    const times = heads / kvHeads;
    const context = attend(net, attention, {
      q,
      k: repeatHeads(net, k, `${attention}.k_repeated`, kvHeads, times, size),
      v: repeatHeads(net, v, `${attention}.v_repeated`, kvHeads, times, size),
      scale,
      mask,
    });
    const merged = mergeHeads(net, context, `${attention}.merged`, dim);
    const attended = matrix(net, merged, `${attention}.wo`, { from: dim, to: dim, initialise: small });
    x = net.add(x, attended, `${attention}.add`);
    x = net.add(x, swiGlu(net, x, name, { dim, hiddenDim, small }), `${name}.feed_forward.add`);
  }
  x = rmsNorm(net, x, "norm", dim);
  const classifier = tied
    ? transpose(net, table, "tok_embeddings.transpose", [1, 0])
    : net.weight("output.weight", [dim, vocabulary]);
  return net.model(graph.op("MatMul", [x, classifier], { name: "output" }), ["T", vocabulary]);
}

/** @throws EspalierError `INVALID_OPTION` when the numbers do not fit each other */
export function checkLlama(config: LlamaConfig): void {
  const { tied: _, ...numbers } = config;
  checkCounts(numbers);
  const { dim, heads, kvHeads, maxLength } = config;
  if (dim % heads !== 0 || (dim / heads) % 2 !== 0)
    throw invalid("dim", `an even multiple of the ${heads} heads`, dim);
  if (heads % kvHeads !== 0) throw invalid("heads", `a multiple of the ${kvHeads} kvHeads`, heads);
  if (maxLength > LONGEST_LLAMA) throw invalid("maxLength", `at most ${LONGEST_LLAMA}`, maxLength);
}

interface SwiGluOptions {
  readonly dim: number;
  readonly hiddenDim: number;
  readonly small: ReturnType<typeof normal>;
}

/** w2(silu(w1 x) · w3 x) of the normalised x. Source: Shazeer 2020, "GLU Variants", eq. 6, arXiv:2002.05202. */
function swiGlu(net: Layers, x: Value, layer: string, { dim, hiddenDim, small }: SwiGluOptions): Value {
  const name = `${layer}.feed_forward`;
  const seen = rmsNorm(net, x, `${layer}.ffn_norm`, dim);
  const gate = silu(net, matrix(net, seen, `${name}.w1`, { from: dim, to: hiddenDim }), `${name}.silu`);
  const up = matrix(net, seen, `${name}.w3`, { from: dim, to: hiddenDim });
  const gated = net.graph.op("Mul", [gate, up], { name: `${name}.gated` });
  return matrix(net, gated, `${name}.w2`, { from: hiddenDim, to: dim, initialise: small });
}

/** γ x / √(mean(x²) + 10⁻⁵). Source: Zhang & Sennrich 2019, arXiv:1910.07467. */
function rmsNorm(net: Layers, x: Value, name: string, dim: number): Value {
  const { graph } = net;
  const square = graph.op("Pow", [x, net.scalar(`${name}.two`, 2)], { name: `${name}.square` });
  const attributes = { axes: intsAttribute([-1]), keepdims: intAttribute(1) };
  const mean = graph.op("ReduceMean", [square], { name: `${name}.mean`, attributes });
  const raised = net.add(mean, net.scalar(`${name}.eps`, 1e-5), `${name}.raised`);
  const root = graph.op("Sqrt", [raised], { name: `${name}.root` });
  const normal = graph.op("Div", [x, root], { name: `${name}.normal` });
  return graph.op("Mul", [normal, net.filled(`${name}.weight`, [dim], 1)], { name });
}

/** Every head `times` times, copies side by side: [N, T, heads, size] → [N, T, heads · times, size] */
function repeatHeads(net: Layers, x: Value, name: string, heads: number, times: number, size: number): Value {
  if (times === 1) return x;
  const { graph } = net;
  const apart = graph.op("Unsqueeze", [x, graph.ints(`${name}.axis`, [3])], { name: `${name}.apart` });
  const copies = graph.ints(`${name}.copies`, [1, 1, 1, times, 1]);
  const expanded = graph.op("Expand", [apart, copies], { name: `${name}.expanded` });
  return graph.op("Reshape", [expanded, graph.ints(`${name}.shape`, [0, 0, heads * times, size])], { name });
}

/** [T, T]: 0 on and below the diagonal, −10⁹ above. */
function causalMask(net: Layers, length: Value, maxLength: number): Value {
  const { graph } = net;
  const values = new Float32Array(maxLength * maxLength);
  for (let row = 0; row < maxLength; row++)
    values.fill(-1e9, row * maxLength + row + 1, (row + 1) * maxLength);
  const full = graph.weight("mask.full", floatTensor([maxLength, maxLength], values));
  const ends = graph.op("Concat", [length, length], {
    name: "mask.ends",
    attributes: { axis: intAttribute(0) },
  });
  const operands = [full, graph.ints("mask.starts", [0, 0]), ends, graph.ints("mask.axes", [0, 1])];
  return graph.op("Slice", operands, { name: "mask" });
}
