// The script of index.html: the demo on a TFLite interpreter, with images from a camera as well.

import { DemoPage, element } from "@espalier/page";
import { Camera } from "./camera.js";
import { cameraPanel } from "./camera-panel.js";

const camera = new Camera();
const page = await DemoPage.start({
  startWorker: () => new Worker(new URL("./demo-worker.js", import.meta.url), { type: "module" }),
  describe: () => element("p", { class: "note threads" }, "WebAssembly · 1 thread"),
  times: true,
  onPicked: () => camera.stop(),
});
if (page !== null && page.deployment.card !== null) cameraPanel(camera, page);
