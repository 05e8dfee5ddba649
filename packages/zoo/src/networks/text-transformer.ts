// A small transformer encoder that classifies texts.

import { DataType, floatAttribute, intAttribute, type Model, type Value } from "@espalier/ir";
import { normal } from "../initialise/normal.js";
import { glorotUniform } from "../initialise/uniform.js";
import { gelu } from "../layers/activations.js";
import { attend, mergeHeads, splitHeads } from "../layers/heads.js";
import { Layers } from "../layers/layers.js";
import { embedding, matrix } from "../layers/matrix.js";
import { seededWeights } from "../layers/weight-source.js";
import {
  checkCounts,
  checkDropout,
  checkSeed,
  type DropoutOptions,
  invalid,
  type NetworkOptions,
} from "./options.js";

export interface TextTransformerOptions extends NetworkOptions, DropoutOptions {
  /** Token ids are below it. @default 1024 */
  readonly vocabulary?: number;
  /** Tokens of every text, padded. @default 64 */
  readonly length?: number;
  /** Token id that stands for nothing. @default 0 */
  readonly pad?: number;
  /** Features of a token; a multiple of `heads`. @default 64 */
  readonly width?: number;
  /** @default 4 */
  readonly heads?: number;
  /** @default 2 */
  readonly layers?: number;
  /** Units between the two linear layers of a block. @default 4 · width */
  readonly hidden?: number;
  /**
   * `pre`: x + f(norm(x)), and one more normalisation at the end (Xiong et al. 2020, arXiv:2002.04745). `post`:
   * norm(x + f(x)), and one behind the embeddings, as in BERT. @default "pre"
   */
  readonly norm?: "pre" | "post";
  /** @default "gelu" */
  readonly activation?: "gelu" | "relu";
  /** What the classifier sees: the mean over tokens that are no padding, or the first token. @default "mean" */
  readonly pooling?: "mean" | "first";
}

/**
 * Token and learned position embeddings, blocks of multi-head attention and a two-layer network, one linear layer.
 *
 * 169,858 parameters at the defaults; 7.34M MACs a text of 64 tokens. Padding is looked at by nobody, and is
 * no part of the mean. Linear layers start Glorot uniform with bias 0, embeddings N(0, 0.02²).
 *
 * Source: Vaswani et al. 2017, §3, arXiv:1706.03762; Devlin et al. 2019, "BERT", §3 and appendix A.2,
 * arXiv:1810.04805. The weights of the blocks lie as MatMul reads them, [inputs, outputs]: PyTorch has them transposed.
 *
 * @returns input tokens int64 [N, length] → logits [N, classes]
 */
export function textTransformer(options: TextTransformerOptions = {}): Model {
  const { seed = 1, classes = 2, vocabulary = 1024, length = 64, pad = 0, dropout = 0 } = options;
  const { width = 64, heads = 4, layers = 2, hidden = 4 * width, norm = "pre", pooling = "mean" } = options;
  checkSeed(seed);
  checkDropout(dropout);
  checkCounts({ classes, vocabulary, length, width, heads, layers, hidden });
  if (width % heads !== 0) throw invalid("width", `a multiple of the ${heads} heads`, width);
  if (!(Number.isSafeInteger(pad) && pad >= 0 && pad < vocabulary))
    throw invalid("pad", `a token id below ${vocabulary}`, pad);
  const net = new Layers("text-transformer", seededWeights(seed), glorotUniform());
  const { graph } = net;
  const tokens = graph.input("tokens", ["N", length], DataType.INT64);
  const isPad = graph.op("Equal", [tokens, graph.ints("pad", [pad])], { name: "is_pad" });

  const table = { fans: { in: 1, out: width }, initialise: normal(0.02) };
  const words = net.weight("embeddings.token.weight", [vocabulary, width], table.fans, table.initialise);
  const places = net.weight("embeddings.position.weight", [length, width], table.fans, table.initialise);
  let x = net.add(embedding(net, tokens, words, "embeddings.token"), places, "embeddings"); // [N, T, D]
  if (norm === "post") x = layerNorm(net, x, "embeddings.norm", width);
  x = net.dropout(x, "embeddings.dropout", dropout);

  const shared = {
    scale: net.scalar("attention.scale", 1 / Math.sqrt(width / heads)),
    mask: padMask(net, isPad),
  };
  for (let layer = 0; layer < layers; layer++) {
    const name = `layers.${layer}`;
    const attention = (y: Value): Value =>
      selfAttention(net, y, `${name}.attention`, { width, heads, ...shared });
    const network = (y: Value): Value => {
      const inner = matrix(net, y, `${name}.fc1`, { from: width, to: hidden, bias: true });
      const active =
        options.activation === "relu" ? net.relu(inner, `${name}.relu`) : gelu(net, inner, `${name}.gelu`);
      return matrix(net, active, `${name}.fc2`, { from: hidden, to: width, bias: true });
    };
    for (const [i, part] of [attention, network].entries()) {
      const inner = norm === "pre" ? layerNorm(net, x, `${name}.norm${i + 1}`, width) : x;
      const added = net.dropout(part(inner), `${name}.dropout${i + 1}`, dropout);
      x = net.add(x, added, `${name}.add${i + 1}`);
      if (norm === "post") x = layerNorm(net, x, `${name}.norm${i + 1}`, width);
    }
  }
  if (norm === "pre") x = layerNorm(net, x, "norm", width);
  const pooled = pooling === "mean" ? meanOfWords(net, x, isPad) : firstToken(net, x);
  return net.model(net.linear(pooled, "classifier", { from: width, to: classes }), [classes]);
}

interface SelfAttentionOptions {
  readonly width: number;
  readonly heads: number;
  readonly scale: Value;
  readonly mask: Value;
}

function selfAttention(net: Layers, x: Value, name: string, options: SelfAttentionOptions): Value {
  const { width, heads, scale, mask } = options;
  const square = { from: width, to: width, bias: true };
  const [q, k, v] = ["q", "k", "v"].map((part) => {
    const projected = matrix(net, x, `${name}.${part}_proj`, square);
    return splitHeads(net, projected, `${name}.${part}_split`, heads, width / heads);
  }) as [Value, Value, Value];
  const context = attend(net, name, { q, k, v, scale, mask });
  return matrix(net, mergeHeads(net, context, `${name}.merged`, width), `${name}.out_proj`, square);
}

/** γ (x − mean) / √(variance + ε) + β over the features. Source: Ba et al. 2016, arXiv:1607.06450. */
function layerNorm(net: Layers, x: Value, name: string, width: number): Value {
  const parameters = [net.filled(`${name}.weight`, [width], 1), net.filled(`${name}.bias`, [width], 0)];
  return net.graph.op("LayerNormalization", [x, ...parameters], {
    name,
    attributes: { axis: intAttribute(-1), epsilon: floatAttribute(1e-5) },
  });
}

/** Bool [N, T] → [N, 1, 1, T]: −10⁹ at padding. Not −∞, of which a text of padding alone would make NaN. */
function padMask(net: Layers, isPad: Value): Value {
  const { graph } = net;
  const spread = graph.op("Unsqueeze", [isPad, graph.ints("mask.axes", [1, 2])], { name: "mask.spread" });
  return graph.op("Where", [spread, net.scalar("mask.hidden", -1e9), net.scalar("mask.seen", 0)], {
    name: "mask",
  });
}

/** [N, T, D] → [N, D]: Σ over tokens that are no padding / their number (at least 1). */
function meanOfWords(net: Layers, x: Value, isPad: Value): Value {
  const { graph } = net;
  const isWord = graph.op("Not", [isPad], { name: "pool.is_word" });
  const attributes = { to: intAttribute(DataType.FLOAT) };
  const words = graph.op("Cast", [isWord], { name: "pool.words", attributes }); //                       [N, T]
  const weights = graph.op("Unsqueeze", [words, graph.ints("pool.last", [2])], { name: "pool.weights" }); // [N, T, 1]
  const kept = graph.op("Mul", [x, weights], { name: "pool.kept" });
  const over = graph.ints("pool.axes", [1]);
  const noDims = { keepdims: intAttribute(0) };
  const sum = graph.op("ReduceSum", [kept, over], { name: "pool.sum", attributes: noDims }); //           [N, D]
  const count = graph.op("ReduceSum", [weights, over], { name: "pool.count", attributes: noDims }); //    [N, 1]
  const divisor = graph.op("Max", [count, net.scalar("pool.one", 1)], { name: "pool.divisor" });
  return graph.op("Div", [sum, divisor], { name: "pool" });
}

/** [N, T, D] → [N, D] */
function firstToken(net: Layers, x: Value): Value {
  const { graph } = net;
  const token = graph.op("Slice", [x, ...[[0], [1], [1]].map((ints) => graph.ints("pool.first", ints))], {
    name: "pool.slice",
  });
  return graph.op("Squeeze", [token, graph.ints("pool.axes", [1])], { name: "pool" });
}
