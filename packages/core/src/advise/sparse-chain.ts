// Whether XNNPACK's sparse kernels would run a network: its conditions, as its README lists them.

import { DataType, type Facts } from "@espalier/ir";
import type { PatternOperator } from "../cost/cost-model.js";
import { weightsOf } from "../measure/macs.js";
import type { Subject } from "../target/subject.js";

/**
 * The first condition that does not hold, in words; null when all do. XNNPACK asks for float32, a 3×3 stride-2
 * convolution of three channels padded by one on every side, then 1×1 convolutions and depthwise ones of 3×3 or 5×5
 * only, and a spatial mean at the end. (The other end that it takes, depth to space, is not looked for.)
 */
export function sparseChainObstacle(
  { model, boundFacts: facts }: Subject,
  operators: readonly PatternOperator[],
): string | null {
  if ([...weightsOf(model, facts).keys()].some((value) => facts.dataType(value) !== DataType.FLOAT))
    return "its weights are not float32";
  const [stem, ...rest] = operators;
  if (stem === undefined || !isStem(stem, facts))
    return "it does not begin with a padded 3×3 stride-2 convolution of three channels";
  const kernels = rest.map((operator) => operator.pattern(facts)?.key ?? "").filter(isConvolution);
  if (!kernels.every(isSparseFriendly)) return "it has convolutions other than 1×1 and depthwise ones";
  if (!hasSpatialMean(model.graph.nodes, facts)) return "it has no mean over its pixels at the end";
  return null;
}

/** Padded by one on every side, a stride-2 window of 3 halves the picture, rounding up. */
function isStem(operator: PatternOperator, facts: Facts): boolean {
  const pattern = operator.pattern(facts);
  const [input] = operator.node.inputs;
  const [output] = operator.node.outputs;
  const from = (input == null ? null : facts.shape(input)) ?? [];
  const to = (output == null ? null : facts.shape(output)) ?? [];
  return (
    pattern?.in === 3 &&
    /^conv k3x3 s2x2 d1x1 /.test(pattern.key) &&
    from.slice(2).every((size, i) => typeof size === "number" && to[i + 2] === Math.ceil(size / 2))
  );
}

function isConvolution(key: string): boolean {
  return /^(?:[a-z]+-)?(?:conv|conv-transpose) /.test(key);
}

function isSparseFriendly(key: string): boolean {
  return key.startsWith("pointwise-conv ") || /^depthwise-conv k(3x3|5x5) /.test(key);
}

/** Some value loses its spatial axes and keeps its channels: [N, C, H, W] → [N, C, 1, 1] or [N, C]. */
function hasSpatialMean(nodes: Subject["model"]["graph"]["nodes"], facts: Facts): boolean {
  return [...nodes].some((node) => {
    const [input] = node.inputs;
    const [output] = node.outputs;
    const from = input == null ? null : facts.shape(input);
    const to = output == null ? null : facts.shape(output);
    if (from?.length !== 4 || to == null || from[1] !== to[1]) return false;
    if (from[2] === 1 && from[3] === 1) return false;
    return to.slice(2).every((dim) => dim === 1);
  });
}
