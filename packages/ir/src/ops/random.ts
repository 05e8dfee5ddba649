// RandomNormal, RandomUniform, their *Like forms, Bernoulli, Multinomial: nodes that draw numbers.

import { DataType, type DataTypeCode } from "../data-type.js";
import type { Dim } from "../dim.js";
import type { Node } from "../graph/node.js";
import type { Value } from "../graph/value.js";
import type { Facts } from "../shape/facts.js";
import { intOf, intsOf, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface RandomView {
  /** What gives the shape (or the probabilities); null where the shape is an attribute. */
  readonly like: Value | null;
  readonly y: Value;
  readonly shape: readonly Dim[] | null;
  readonly dataType: DataTypeCode | null;
}

export const randomNormal: OpDefinition<RandomView> = defineRandom("RandomNormal", fromAttribute);
export const randomUniform: OpDefinition<RandomView> = defineRandom("RandomUniform", fromAttribute);
export const randomNormalLike: OpDefinition<RandomView> = defineRandom("RandomNormalLike", fromInput);
export const randomUniformLike: OpDefinition<RandomView> = defineRandom("RandomUniformLike", fromInput);
export const bernoulli: OpDefinition<RandomView> = defineRandom("Bernoulli", fromInput);

export const multinomial: OpDefinition<RandomView> = defineRandom("Multinomial", (node, facts) => {
  const like = requireInput(node, 0);
  const batch = facts.shape(like)?.[0];
  return {
    like,
    y: requireOutput(node, 0),
    shape: batch === undefined ? null : [batch, intOf(node, "sample_size") ?? 1],
    dataType: intOf(node, "dtype") ?? DataType.INT32,
  };
});

function defineRandom(opType: string, view: OpDefinition<RandomView>["view"]): OpDefinition<RandomView> {
  return defineOp({
    domain: "",
    opType,
    float32: "TYPE",
    view,
    infer: ({ shape, dataType }) => [{ dataType, shape }],
  });
}

function fromAttribute(node: Node): RandomView {
  return {
    like: null,
    y: requireOutput(node, 0),
    shape: intsOf(node, "shape") ?? [],
    dataType: intOf(node, "dtype") ?? DataType.FLOAT,
  };
}

function fromInput(node: Node, facts: Facts): RandomView {
  const like = requireInput(node, 0);
  return {
    like,
    y: requireOutput(node, 0),
    shape: facts.shape(like),
    dataType: intOf(node, "dtype") ?? facts.dataType(like),
  };
}
