// The worker of the page: both files on one interpreter, asked as their ONNX networks would be.

import { serveDemo } from "@espalier/page";
import { pageTfliteRuntime, type TfliteEngineName } from "@espalier/runtime-tflite";
import { filesOnTflite } from "@espalier/tflite";

serveDemo(({ deployment, base, engine }) => {
  const script = new URL(deployment.scripts?.[engine] ?? "", base);
  return filesOnTflite(
    pageTfliteRuntime({
      engine: engine as TfliteEngineName,
      worker: () => new Worker(script, { type: "module" }),
    }),
  );
});
