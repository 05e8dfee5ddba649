// The demo page
export { DemoPage, type DemoSetting } from "./demo/demo-page.js";
export type { Deployment } from "./demo/deployment.js";
export { serveDemo } from "./demo/serve-demo.js";
// Elements
export { listenForFiles } from "./dom/drop-zone.js";
export { byId, type Child, element, fill, svgElement } from "./dom/element.js";
export { failurePanel } from "./dom/failure-panel.js";
export { progressPanel, type Step } from "./dom/progress-panel.js";
export { proportionBar } from "./dom/proportion-bar.js";
// Images
export type { ImageSource } from "./image/decode-image.js";
export { drawImage } from "./image/draw-image.js";
// Plots
export { latencyStrips } from "./plot/latency-strips.js";
// Workers
export { serveTasks } from "./tasks/serve-tasks.js";
export { TaskError, TaskWorker } from "./tasks/task-worker.js";
