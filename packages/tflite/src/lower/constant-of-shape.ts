// ConstantOfShape: a stored tensor, where the shape is known.

import { type ConstantOfShapeView, constantOfShape } from "@espalier/ir";
import { elementsFor, graphTensor } from "../graph/graph-tensor.js";
import { elementCount, onnxOrder } from "../layout/layout.js";
import { defineLowering, type Lowering } from "./lowering.js";

export const constantOfShapeLowering: Lowering<ConstantOfShapeView> = defineLowering({
  definition: constantOfShape,
  layouts: "onnx",
  lower: ({ y, value }, ctx) => {
    const shape = ctx.shape(y);
    const type = ctx.type(y);
    const elements = elementsFor(type, new Float64Array(elementCount(shape)).fill(value));
    ctx.place(y, graphTensor(type, shape, elements), onnxOrder(shape.length));
  },
});
