// ConstantOfShape: a tensor of one value, its shape an input.

import { DataType, type DataTypeCode } from "../data-type.js";
import type { Dim } from "../dim.js";
import type { Value } from "../graph/value.js";
import { contentsSize, elementsOf } from "../shape/contents.js";
import { contentsOfTensor } from "../shape/tensor-contents.js";
import { isArbitrary, unknownDim } from "../shape/unknown.js";
import { requireInput, requireOutput, tensorOf } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface ConstantOfShapeView {
  readonly targetInput: Value;
  readonly y: Value;
  /** Elements of the target as far as they are known. */
  readonly target: readonly Dim[] | null;
  readonly value: number;
  readonly dataType: DataTypeCode;
}

export const constantOfShape: OpDefinition<ConstantOfShapeView> = defineOp({
  domain: "",
  opType: "ConstantOfShape",
  float32: "TYPE",
  view: (node, facts) => {
    const targetInput = requireInput(node, 0);
    const tensor = tensorOf(node, "value");
    return {
      targetInput,
      y: requireOutput(node, 0),
      target: elementsOf(facts, targetInput),
      value: (tensor === null ? null : contentsOfTensor(tensor)?.[0]) ?? 0,
      dataType: tensor?.dataType ?? DataType.FLOAT,
    };
  },
  infer: ({ y, target, value, dataType }) => {
    const shape = target?.map((size, axis) => (isArbitrary(size) ? unknownDim(y, axis) : size)) ?? null;
    const size = contentsSize(shape);
    return [{ dataType, shape, contents: size === null ? null : new Array<Dim>(size).fill(value) }];
  },
});
