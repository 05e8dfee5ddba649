// The worker of a demo page: holds both networks, for one engine, until it is ended.

import { EspalierError } from "@espalier/ir";
import { serveTasks } from "../tasks/serve-tasks.js";
import { DemoModels, type DemoRuntime } from "./demo-models.js";
import type { DemoTasks, LoadRequest } from "./tasks.js";

/** @param open the engine that is asked for */
export function serveDemo(open: (request: LoadRequest) => DemoRuntime): void {
  let models: DemoModels | null = null;
  const requireLoaded = (): DemoModels => {
    if (models === null) throw new EspalierError("INVALID_OPTION", "The networks are not loaded yet");
    return models;
  };
  serveTasks<DemoTasks>({
    async load(request, { onProgress }) {
      models = await DemoModels.load(request, open(request), onProgress);
      return null;
    },
    run: async ({ image }) => requireLoaded().run(image),
    measure: async (_, { signal, onProgress }) => requireLoaded().measure(signal, onProgress),
  });
}
