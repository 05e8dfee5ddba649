// Gram sums of the consumers of every coupled group, in one run of the dense model.

import type { Facts, Model, Value } from "@espalier/ir";
import type { CoupledGroup } from "../groups/coupled-group.js";
import type { GroupAnalysis } from "../groups/find-groups.js";
import type { HandlerRegistry } from "../ops/handler.js";
import { findStations, orderWithLate, type Station } from "../reconstruct/stations.js";
import type { Feeds, ProgressListener } from "../runtime.js";
import { Frontier, type RunOptions } from "./frontier.js";
import { type GramSums, gramSums } from "./gram.js";
import { stopIfAborted } from "./stop.js";
import type { SumOptions } from "./sum-rows.js";

export interface GroupConsumer {
  readonly station: Station;
  readonly sums: GramSums;
  /** Unit of each column of a block, −1 for columns of other groups. */
  readonly unitOf: Int32Array;
}

export interface CollectOptions extends RunOptions, Pick<SumOptions, "maxRows" | "seed"> {
  readonly inputs: readonly Feeds[];
  readonly onProgress?: ProgressListener;
}

/**
 * Calls `visit` once for every group that only contractions with stored weights read, as soon as the last of
 * them was met; Gram sums are dropped when no group needs them any more.
 */
export async function collectGrams(
  dense: {
    readonly model: Model;
    readonly facts: Facts;
    readonly analysis: GroupAnalysis;
    readonly handlers: HandlerRegistry;
  },
  options: CollectOptions,
  visit: (group: CoupledGroup, consumers: readonly GroupConsumer[]) => Promise<void> | void,
): Promise<void> {
  const { model, facts, analysis, handlers } = dense;
  const stations = findStations(model, facts, handlers);
  const byWeight = new Map(
    [...stations.values()].map((station) => [station.contraction.w, station] as const),
  );
  const waiting = new Map(
    analysis.groups.flatMap((group) => {
      const found = consumersOf(group, byWeight);
      return found === null ? [] : [[group, found] as const];
    }),
  );
  const needed = new Set([...waiting.values()].flatMap((list) => list.map(({ station }) => station)));
  const order = orderWithLate(model, stations);
  const pinned = [...needed].map(({ contraction }) => contraction.x);
  const frontier = new Frontier(model, facts, order, options.inputs, pinned, options);
  const sums = new Map<Station, GramSums>();
  const met = order.filter((node) => needed.has(stations.get(node) as Station));
  for (const [i, node] of met.entries()) {
    stopIfAborted(options.signal);
    const station = stations.get(node) as Station;
    await frontier.advance(order.indexOf(node));
    sums.set(
      station,
      await gramSums(station.contraction, frontier.get(station.contraction.x), null, options),
    );
    if (!met.slice(i + 1).some((later) => stations.get(later)?.contraction.x === station.contraction.x))
      frontier.release(station.contraction.x);
    for (const [group, consumers] of waiting) {
      if (!consumers.every((one) => sums.has(one.station))) continue;
      waiting.delete(group);
      await visit(
        group,
        consumers.map((one) => ({ ...one, sums: sums.get(one.station) as GramSums })),
      );
    }
    for (const known of sums.keys())
      if (![...waiting.values()].some((list) => list.some((one) => one.station === known)))
        sums.delete(known);
    options.onProgress?.({ phase: "calibration", done: i + 1, total: met.length, unit: "layers" });
  }
}

/** The stations that read a group; null when something else reads it too, or nobody. */
function consumersOf(
  group: CoupledGroup,
  byWeight: ReadonlyMap<Value, Station>,
): { station: Station; unitOf: Int32Array }[] | null {
  const consumers: { station: Station; unitOf: Int32Array }[] = [];
  for (const { value, axis, role, unitOf } of group.members) {
    if (role !== "consumes") continue;
    const station = byWeight.get(value);
    if (station === undefined || station.contraction.inputAxis !== axis) return null;
    const { columns, taps } = station.contraction;
    consumers.push({
      station,
      unitOf: Int32Array.from({ length: columns }, (_, c) => unitOf[Math.floor(c / taps)] as number),
    });
  }
  return consumers.length === 0 ? null : consumers;
}
