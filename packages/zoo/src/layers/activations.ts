// Activations that opset 17 has no operator for.

import type { Value } from "@espalier/ir";
import type { Layers } from "./layers.js";

/** x / 2 · (1 + erf(x / √2)). Source: Hendrycks & Gimpel 2016, "Gaussian Error Linear Units", arXiv:1606.08415. */
export function gelu(net: Layers, x: Value, name: string): Value {
  const { graph } = net;
  const scaled = graph.op("Div", [x, net.scalar(`${name}.sqrt2`, Math.SQRT2)], { name: `${name}.scaled` });
  const erf = graph.op("Erf", [scaled], { name: `${name}.erf` });
  const gate = net.add(erf, net.scalar(`${name}.one`, 1), `${name}.gate`);
  const gated = graph.op("Mul", [x, gate], { name: `${name}.gated` });
  return graph.op("Mul", [gated, net.scalar(`${name}.half`, 0.5)], { name });
}

/** x · sigmoid(x). Source: Elfwing et al. 2018, arXiv:1702.03118. */
export function silu(net: Layers, x: Value, name: string): Value {
  const gate = net.graph.op("Sigmoid", [x], { name: `${name}.sigmoid` });
  return net.graph.op("Mul", [x, gate], { name });
}
