// What is done to a float graph once all nodes are lowered, in this order.

import type { TfliteGraph } from "../graph/tflite-graph.js";
import { cancelMoves } from "./cancel-moves.js";
import { foldScales } from "./fold-scales.js";
import { fuseActivations } from "./fuse-activations.js";
import { fuseGelus } from "./fuse-gelu.js";
import { removeDead } from "./remove-dead.js";

export function simplify(graph: TfliteGraph): void {
  for (const pass of [
    removeDead,
    cancelMoves,
    fuseGelus,
    removeDead,
    foldScales,
    fuseActivations,
    removeDead,
  ])
    pass(graph);
}
