// The worker of the demo page: holds both networks, for one engine, until it is ended.

import { EspalierError } from "@espalier/ir";
import { serveTasks } from "../tasks/serve-tasks.js";
import { DemoModels } from "./demo-models.js";
import type { DemoTasks } from "./tasks.js";

let models: DemoModels | null = null;

function requireLoaded(): DemoModels {
  if (models === null) throw new EspalierError("INVALID_OPTION", "The networks are not loaded yet");
  return models;
}

serveTasks<DemoTasks>({
  async load(request, { onProgress }) {
    models = await DemoModels.load(request, onProgress);
    return models.loaded;
  },
  run: async ({ image }) => requireLoaded().run(image),
  measure: async (_, { signal, onProgress }) => requireLoaded().measure(signal, onProgress),
});
