// The worker in which a dropped network is read and pruned. It holds one network, and is thrown away with it.

import { serveTasks } from "@espalier/page";
import { describeModel, type OpenModel, openModel, requireOpen } from "./open-model.js";
import { predict } from "./predict.js";
import { runPruning } from "./run-pruning.js";
import type { PruneTasks } from "./tasks.js";

let opened: OpenModel | null = null;

serveTasks<PruneTasks>({
  async open(request, { onProgress }) {
    onProgress({ phase: "read", done: 0, total: 1, unit: "networks" });
    opened = await openModel(request);
    return describeModel(opened);
  },
  predict: async (choice) => predict(requireOpen(opened), choice),
  prune: async (request, { onProgress }) => runPruning(requireOpen(opened), request, onProgress),
});
