// Reads the trace that ONNX Runtime's profiler writes (Chrome trace events as JSON): one `_kernel_time`
// event per node and run; what remains is the median per node.

import type { ProfiledNode } from "../runtime.js";
import { median } from "./quantile.js";

interface TraceEvent {
  readonly cat?: unknown;
  readonly name?: unknown;
  readonly dur?: unknown;
  readonly args?: {
    readonly op_name?: unknown;
    readonly node_index?: unknown;
    readonly input_type_shape?: unknown;
    readonly output_type_shape?: unknown;
  };
}

const KERNEL_TIME = "_kernel_time";

/**
 * Kernel time of every node, in the order in which the runtime first ran them.
 *
 * @param typical of the durations of one node; where the clock is coarse the median is but a tick
 */
export function summariseTrace(
  json: string,
  typical: (durationsUs: readonly number[]) => number = median,
): ProfiledNode[] {
  const events: unknown = JSON.parse(json);
  if (!Array.isArray(events)) throw new Error("the profile of ONNX Runtime is not a list of events");

  const nodes = new Map<string, Omit<ProfiledNode, "durationUs"> & { durations: number[] }>();
  for (const event of events as readonly TraceEvent[]) {
    if (event.cat !== "Node" || typeof event.name !== "string" || typeof event.dur !== "number") continue;
    if (!event.name.endsWith(KERNEL_TIME)) continue;
    const name = event.name.slice(0, -KERNEL_TIME.length);
    const opType = typeof event.args?.op_name === "string" ? event.args.op_name : "";
    // Node names need not be unique; the index is, within one graph.
    const key = JSON.stringify([name, opType, event.args?.node_index ?? null]);
    const node = nodes.get(key) ?? {
      name,
      opType,
      durations: [],
      inputShapes: shapesOf(event.args?.input_type_shape),
      outputShapes: shapesOf(event.args?.output_type_shape),
    };
    node.durations.push(event.dur);
    nodes.set(key, node);
  }
  return [...nodes.values()].map(({ durations, ...node }) => ({ ...node, durationUs: typical(durations) }));
}

/** `[{ "float": [1, 3, 224, 224] }, …]` without the element types. */
function shapesOf(typed: unknown): number[][] {
  if (!Array.isArray(typed)) return [];
  return typed.map((one: unknown) => {
    const [dims] = typeof one === "object" && one !== null ? Object.values(one) : [];
    return Array.isArray(dims) ? dims.map(Number) : [];
  });
}
