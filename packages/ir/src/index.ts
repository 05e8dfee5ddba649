// Errors and limits

export { GraphBuilder, type OpOptions } from "./builder.js";
export { checkedAdd, checkedMultiply, checkedNumber, checkedProduct } from "./checked.js";
// Tensors and dimensions
export { bitsPerElement, DataType, type DataTypeCode, dataTypeName, isFloating } from "./data-type.js";
export {
  addDims,
  bindDim,
  type Dim,
  dimText,
  divideDims,
  equalDims,
  isStatic,
  isStaticShape,
  multiplyDims,
  opaqueDim,
  productOf,
  type SymbolicDim,
  shapeText,
  symbol,
} from "./dim.js";
export { ERROR_CODES, type ErrorCode } from "./error-codes.js";
export { type ErrorContext, EspalierError, isEspalierError, quoteName } from "./errors.js";
// Graph
export {
  type Attribute,
  type AttributeValue,
  floatAttribute,
  floatsAttribute,
  graphsOf,
  intAttribute,
  intsAttribute,
  stringAttribute,
  tensorAttribute,
} from "./graph/attribute.js";
export { type ClonedModel, cloneModel } from "./graph/clone.js";
export { Graph, graphsWithin } from "./graph/graph.js";
export { type LocalFunction, Model, type ModelInit } from "./graph/model.js";
export { FreshNames } from "./graph/names.js";
export { Node, type NodeInit } from "./graph/node.js";
export { capturedValues, sortTopologically, topologicalOrder } from "./graph/order.js";
export { Value, type ValueType } from "./graph/value.js";
export { BROWSER_LIMITS, enforceLimit, type Limits, NODE_LIMITS, resolveLimits } from "./limits.js";
// Operators and shapes
export { createOpRegistry, defineOp, type OpDefinition, type OpRegistry } from "./ops/definition.js";
export type { Facts, TypeFact } from "./shape/facts.js";
export {
  boolTensor,
  floatTensor,
  int64Tensor,
  rawByteLength,
  rawTensor,
  Tensor,
  type TensorInit,
  type TensorStorage,
} from "./tensor.js";
export {
  bfloat16ToNumber,
  clampToSafe,
  float16ToNumber,
  numberToFloat16,
  readFloats,
  readIntegers,
} from "./tensor-values.js";
