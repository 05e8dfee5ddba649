// The runtime

export { type ChromiumRuntime, type ChromiumRuntimeOptions, chromiumRuntime } from "./chromium-runtime.js";
// What a page downloads
export { type EngineDownload, engineDownload } from "./engine-files.js";
// The browser
export { findChromium } from "./find-chromium.js";
export type { ChromiumOptions } from "./playwright.js";
export { type ChromiumReport, probeChromium } from "./probe-chromium.js";
