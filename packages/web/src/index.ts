export { BUNDLED_COSTS } from "./bundled-costs.js";
export { RUNTIME_DOWNLOAD } from "./runtime-download.js";
export { web } from "./web.js";
