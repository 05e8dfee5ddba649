export type { ReadFile } from "./calibration-item.js";
export type { GivenCard } from "./image-items.js";
export { type InputsRequest, readInputs } from "./read-inputs.js";
