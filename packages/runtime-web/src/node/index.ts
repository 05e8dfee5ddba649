// The runtime

export { type ChromiumRuntime, type ChromiumRuntimeOptions, chromiumRuntime } from "./chromium-runtime.js";
// Pages for other engines
export { DrivenPage, type WorkerPaths } from "./driven-page.js";
// What a page downloads
export { type EngineDownload, engineDownload } from "./engine-files.js";
// The browser
export { findChromium } from "./find-chromium.js";
export { type PageContents, type PageSite, servePage } from "./page-site.js";
export type { ChromiumOptions } from "./playwright.js";
export { type LaunchedChromium, launchChromium } from "./playwright.js";
export { type ChromiumReport, probeChromium } from "./probe-chromium.js";
