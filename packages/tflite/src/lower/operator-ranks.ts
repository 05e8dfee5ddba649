// How many axes the runtimes' kernels take. What is above is refused, since an interpreter would only say so when it runs.

import type { GraphOperator } from "../graph/tflite-graph.js";
import type { BuiltinOperator } from "../schema/builtin-operator.js";
import type { LowerContext } from "./lower-context.js";

/** As in the kernels of TFLite 2.12, whose version tfjs-tflite has. */
const HIGHEST_RANK: Partial<Record<BuiltinOperator, number>> = {
  ...{ ADD: 6, MUL: 6, SUB: 5, DIV: 5, MAXIMUM: 5, MINIMUM: 5, POW: 4, SQUARED_DIFFERENCE: 4 },
  ...{ LESS: 4, LESS_EQUAL: 4, GREATER: 4, GREATER_EQUAL: 4, EQUAL: 4, NOT_EQUAL: 4 },
  ...{ FLOOR_DIV: 4, FLOOR_MOD: 4, LOGICAL_AND: 4, LOGICAL_OR: 4, SELECT_V2: 4, PRELU: 4 },
  ...{ TRANSPOSE: 6, SLICE: 5, STRIDED_SLICE: 5, PAD: 5, PADV2: 5, MIRROR_PAD: 5, BATCH_MATMUL: 5 },
  ...{ BROADCAST_TO: 8, TILE: 8 },
};

/** Operators that are only limited where their operands differ in shape. */
const LIMITED_BY_BROADCAST: ReadonlySet<BuiltinOperator> = new Set<BuiltinOperator>([
  ...(["ADD", "MUL", "SUB", "DIV", "MAXIMUM", "MINIMUM", "POW", "SQUARED_DIFFERENCE"] as const),
  ...(["LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL", "EQUAL", "NOT_EQUAL"] as const),
  ...(["FLOOR_DIV", "FLOOR_MOD", "LOGICAL_AND", "LOGICAL_OR", "SELECT_V2", "PRELU"] as const),
]);

export function requireRank({ builtin, inputs }: GraphOperator, ctx: LowerContext): void {
  const most = HIGHEST_RANK[builtin];
  if (most === undefined) return;
  const shapes = inputs.flatMap((input) => (input === null ? [] : [input.shape]));
  const rank = Math.max(...shapes.map((shape) => shape.length));
  if (rank <= most) return;
  if (LIMITED_BY_BROADCAST.has(builtin) && new Set(shapes.map((shape) => shape.join())).size === 1) return;
  ctx.refuse(
    "RANK_TOO_HIGH",
    `${builtin} takes up to ${most} axes, and it would have ${rank} here`,
    "Export the network with neighbouring axes joined.",
  );
}
