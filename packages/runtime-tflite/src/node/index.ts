// The runtime

export type { TfliteEngineName } from "../engine/engine-name.js";
export { type ChromiumTfliteOptions, chromiumTfliteRuntime } from "./chromium-runtime.js";
export { type NodeTfliteOptions, nodeTfliteRuntime } from "./node-runtime.js";
