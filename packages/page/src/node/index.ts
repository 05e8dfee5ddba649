// What is deployed
export type { Deployment } from "../demo/deployment.js";
export { type DemoFiles, demoFiles } from "./folder/demo-files.js";
export { type FoundCard, findCard, writtenCard } from "./folder/find-card.js";
export {
  addPageOptions,
  PAGE_OPTIONS,
  type PageFlags,
  type PageInputs,
  readPageInputs,
} from "./folder/page-options.js";
export type { Source } from "./folder/source.js";
// The server
export { serveCommand } from "./server/serve-command.js";
// The site
export { type BundledFile, bundlePages } from "./site/bundle.js";
export { type DemoShell, demoHtml } from "./site/demo-html.js";
export { EVALUATING_FOLDER, POLICY } from "./site/policy.js";
export { escapeHtml, pageHtml, view } from "./site/shell.js";
export type { SiteParts } from "./site/site-files.js";
export { STYLE } from "./site/style.js";
