// The worker of the demo page: both networks on onnxruntime-web.

import { serveDemo } from "@espalier/page";
import { type WebEngine, webRuntime } from "@espalier/runtime-web";

serveDemo(({ engine }) => webRuntime({ engine: engine as WebEngine }));
