// The contractions of a model whose weights may be solved anew, and an order to meet them in.

import { type Facts, isEspalierError, type Model, type Node, topologicalOrder } from "@espalier/ir";
import type { Contraction } from "../calibration/contraction.js";
import { readBy } from "../calibration/frontier.js";
import type { HandlerRegistry } from "../ops/handler.js";
import { isWritable } from "./with-values.js";

export interface Station {
  readonly node: Node;
  readonly contraction: Contraction;
}

/** All contractions of the main graph whose weights nobody else reads, by node. */
export function findStations(model: Model, facts: Facts, handlers: HandlerRegistry): Map<Node, Station> {
  const stations = new Map<Node, Station>();
  for (const node of model.graph.nodes) {
    const handler = handlers.find(node);
    if (handler?.contraction === undefined || node.subgraphs.length > 0) continue;
    const contraction = unlessInvalid(() =>
      handler.contraction?.(handler.definition.view(node, facts), facts),
    );
    if (contraction == null || contraction.w.consumers.size !== 1) continue;
    if (contraction.columns > MOST_COLUMNS || !isWritable(facts.constant(contraction.w)?.dataType)) continue;
    if (model.graph.outputs.includes(contraction.w)) continue;
    stations.set(node, { node, contraction });
  }
  return stations;
}

/** A Gram matrix of this size takes half a gigabyte and its factorisation minutes. */
export const MOST_COLUMNS = 8192;

/**
 * A topological order in which `late` nodes come as late as they can: when one is met, everything that does not
 * depend on it, the other side of a shortcut say, is known.
 */
export function orderWithLate(model: Model, late: ReadonlySet<Node> | ReadonlyMap<Node, unknown>): Node[] {
  const waiting = topologicalOrder(model.graph);
  const unmet = new Map<Node, number>();
  const readers = new Map<Node, Node[]>();
  for (const node of waiting) {
    const sources = new Set(
      readBy(node).flatMap((value) => (value.producer?.graph === model.graph ? [value.producer] : [])),
    );
    unmet.set(node, sources.size);
    for (const source of sources) readers.set(source, [...(readers.get(source) ?? []), node]);
  }
  const place = new Map(waiting.map((node, i) => [node, i] as const));
  const ready = { early: [] as Node[], late: [] as Node[] };
  const offer = (node: Node): void => {
    const list = late.has(node) ? ready.late : ready.early;
    list.push(node);
    list.sort((a, b) => (place.get(a) as number) - (place.get(b) as number));
  };
  for (const node of waiting) if (unmet.get(node) === 0) offer(node);
  const order: Node[] = [];
  for (
    let node = ready.early.shift() ?? ready.late.shift();
    node !== undefined;
    node = ready.early.shift() ?? ready.late.shift()
  ) {
    order.push(node);
    for (const reader of readers.get(node) ?? []) {
      const left = (unmet.get(reader) as number) - 1;
      unmet.set(reader, left);
      if (left === 0) offer(reader);
    }
  }
  return order;
}

/** What a malformed node gives is nothing; that it is malformed, others report. */
export function unlessInvalid<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (isEspalierError(error)) return null;
    throw error;
  }
}
