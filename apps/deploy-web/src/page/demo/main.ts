// The script of index.html: the demo on onnxruntime-web. WebGPU can be chosen once an adapter is found.

import { isUnavailable } from "@espalier/core";
import { byId, DemoPage, fill } from "@espalier/page";
import { findWebGpu, type WebEngine, webRuntime } from "@espalier/runtime-web";
import { threadsLine } from "../dom/threads-line.js";

const page = await DemoPage.start({
  startWorker: () => new Worker(new URL("./demo-worker.js", import.meta.url), { type: "module" }),
  describe: (engine) => threadsLine(webRuntime({ engine: engine as WebEngine }).capabilities),
  times: false,
});
if (page !== null) await offerWebGpu();

async function offerWebGpu(): Promise<void> {
  const adapter = await findWebGpu();
  const note = isUnavailable(adapter)
    ? adapter.unblock
    : adapter.software
      ? "an adapter that computes on the CPU: good for answers, not for times"
      : `${adapter.vendor} ${adapter.architecture}`;
  fill(byId("webgpu-note"), note);
  byId<HTMLInputElement>("webgpu").disabled = isUnavailable(adapter);
}
