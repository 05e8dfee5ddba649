// What child processes and workers of a Runtime share. Loads nothing else, so that they start fast.

export { summariseTrace } from "../measure/profile.js";
export { interquartileMean } from "../measure/quantile.js";
export { type ElementType, elementCount, elementTypeOfCode, elementTypeOfName } from "./element-types.js";
