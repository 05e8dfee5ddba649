// Where a model runs once it has run where it could be stopped.

import type { Model } from "@espalier/ir";
import type { RunOptions } from "./frontier.js";

/**
 * Options for running parts of `model`, and what is made of it by removing units, on inputs on which the whole was run
 * under limits before: in this process, which spares a process for every part. A model with subgraphs stays under the
 * limits: how long it takes depends on its values.
 */
export function onceRun({ limits, ...options }: RunOptions, model: Model): RunOptions {
  const depends = [...model.graph.nodes].some((node) => node.subgraphs.length > 0);
  return limits !== undefined && depends ? { ...options, limits } : options;
}
