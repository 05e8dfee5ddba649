// What child processes and workers of a Runtime share. Loads nothing else, so that they start fast.

export { median, quantile } from "../measure/quantile.js";
export { type ElementType, elementCount, elementTypeOfCode, elementTypeOfName } from "./element-types.js";
