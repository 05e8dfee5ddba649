// The runtime

export type { TfliteEngineName } from "../engine/engine-name.js";
export { type NodeTfliteOptions, nodeTfliteRuntime } from "./node-runtime.js";
