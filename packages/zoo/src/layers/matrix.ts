// Layers on sequences [N, T, D]: matrix products whose weight lies as MatMul reads it, [inputs, outputs].
// PyTorch keeps these weights the other way round, under the same names.

import type { Value } from "@espalier/ir";
import type { Initialiser } from "../initialise/initialiser.js";
import type { Layers } from "./layers.js";

export interface MatrixOptions {
  readonly from: number;
  readonly to: number;
  /** @default false */
  readonly bias?: boolean;
  readonly initialise?: Initialiser;
}

/** [N, T, from] → [N, T, to], weight [from, to]. */
export function matrix(net: Layers, x: Value, name: string, options: MatrixOptions): Value {
  const { from, to, bias = false, initialise } = options;
  const weight = net.weight(`${name}.weight`, [from, to], { in: from, out: to }, initialise);
  const product = net.graph.op("MatMul", [x, weight], { name });
  return bias ? net.add(product, net.filled(`${name}.bias`, [to], 0), `${name}.plus_bias`) : product;
}

/** Token ids [N, T] → rows of the table `[tokens, width]`. */
export function embedding(net: Layers, ids: Value, table: Value, name: string): Value {
  return net.graph.op("Gather", [table, ids], { name });
}
