// The runtime

export type { TfliteEngineName } from "../engine/engine-name.js";
export { type ChromiumTfliteOptions, chromiumTfliteRuntime } from "./chromium-runtime.js";
// What pages are served
export { type EngineSite, engineSite } from "./engine-site.js";
export { type NodeTfliteOptions, nodeTfliteRuntime } from "./node-runtime.js";
