// What a recovery has to do, in order: which layers are solved anew towards which values of the dense network, and
// which statistics are measured.

import { type Facts, inferFacts, type Model, type Node, type Value } from "@espalier/ir";
import type { GroupAnalysis } from "../groups/find-groups.js";
import type { HandlerRegistry, RunningStatistics } from "../ops/handler.js";
import type { KeptUnits } from "../plan/kept-units.js";
import { arrangementOf } from "../plan/removal.js";
import { keptLookup } from "../surgery/slice-model.js";
import { findStatistics } from "./batch-norm.js";
import { type LeftLayer, leftLayers } from "./left-layers.js";
import type { recoveryDefaults } from "./settings.js";
import { shortcutOf } from "./shortcut.js";
import { findStations, orderWithLate, type Station } from "./stations.js";
import { type BiasPlace, biasPlace } from "./weights.js";

/** The network before removal. */
export interface DenseSide {
  readonly model: Model;
  readonly facts: Facts;
  readonly analysis: GroupAnalysis;
  readonly handlers: HandlerRegistry;
}

export interface SolveJob {
  readonly kind: "solve";
  readonly node: Node;
  readonly station: Station;
  readonly place: BiasPlace;
  /** The same layer of the dense network, and which of its output channels are left. */
  readonly twin: Station;
  readonly kept: readonly number[] | null;
  /** The other side of the sum it goes into, in both networks. */
  readonly shortcut: {
    readonly own: Value;
    readonly dense: Value;
    readonly inverseSlope: Float64Array;
  } | null;
}

export interface MeasureJob {
  readonly kind: "measure";
  readonly node: Node;
  readonly statistics: RunningStatistics;
}

export interface RecoveryJobs {
  readonly facts: Facts;
  /** Topological order of the pruned network that the jobs follow. */
  readonly order: readonly Node[];
  readonly denseOrder: readonly Node[];
  readonly jobs: readonly (SolveJob | MeasureJob)[];
  /** Biases that were made for the jobs, to be dropped where they stay zero. */
  readonly places: ReadonlyMap<Station, BiasPlace>;
  /** Layers that lost inputs and have no job; none where no weights are solved. */
  readonly left: readonly LeftLayer[];
}

/** Finds the jobs. Adds zero biases to `model` where layers have none. */
export function findJobs(
  model: Model,
  dense: DenseSide,
  steps: readonly KeptUnits[],
  settings: ReturnType<typeof recoveryDefaults>,
): RecoveryJobs {
  const { handlers } = dense;
  const { methods } = settings;
  const solving = methods.includes("reconstruct") || methods.includes("bias");
  const byWeights = solving ? openBiases(model, handlers) : new Map<string, BiasPlace>();
  const facts = inferFacts(model);
  const places = new Map<Station, BiasPlace>();
  const stations = new Map<Node, Station>();
  for (const [node, station] of findStations(model, facts, handlers)) {
    const place = byWeights.get(station.contraction.w.name);
    if (place === undefined) continue;
    stations.set(node, station);
    places.set(station, place);
  }
  const denseStations = findStations(dense.model, dense.facts, handlers);
  const twins = new Map([...denseStations.values()].map((one) => [one.contraction.w.name, one] as const));
  const normalisations = methods.includes("batch-norm")
    ? findStatistics(model, facts, handlers)
    : new Map<Node, RunningStatistics>();
  const kept = keptLookup(dense.analysis, arrangementOf(dense.analysis, steps));
  const affected = affectedNames(model, dense, kept);
  const denseValues = valuesByName(dense.model);
  const order = orderWithLate(model, stations);

  const jobs = order.flatMap((node): (SolveJob | MeasureJob)[] => {
    const statistics = normalisations.get(node);
    if (statistics !== undefined && affected.has(statistics.x.name))
      return [{ kind: "measure", node, statistics }];
    const station = stations.get(node);
    const twin = station === undefined ? undefined : twins.get(station.contraction.w.name);
    if (station === undefined || twin === undefined || !affected.has(station.contraction.x.name)) return [];
    const lost = kept(twin.contraction.w, twin.contraction.inputAxis) !== null;
    if (settings.scope === "consumers" && !lost) return [];
    const { y, blocks, outputs } = station.contraction;
    const sum = settings.shortcuts ? shortcutOf(y, blocks * outputs, facts, handlers) : null;
    const other = sum === null ? undefined : denseValues.get(sum.other.name);
    return [
      {
        kind: "solve",
        node,
        station,
        place: places.get(station) as BiasPlace,
        twin,
        kept: kept(twin.contraction.y, twin.contraction.channelAxis),
        shortcut:
          sum === null || other === undefined
            ? null
            : { own: sum.other, dense: other, inverseSlope: sum.inverseSlope },
      },
    ];
  });
  const solved = new Set(
    jobs.flatMap((job) => (job.kind === "solve" ? [job.station.contraction.w.name] : [])),
  );
  return {
    facts,
    order,
    denseOrder: orderWithLate(dense.model, denseStations),
    jobs,
    places,
    left: solving ? leftLayers(dense, steps, denseStations, solved) : [],
  };
}

function openBiases(model: Model, handlers: HandlerRegistry): Map<string, BiasPlace> {
  const facts = inferFacts(model);
  const places = new Map<string, BiasPlace>();
  for (const station of findStations(model, facts, handlers).values()) {
    const place = biasPlace(model, station, facts, handlers);
    if (place !== null) places.set(station.contraction.w.name, place);
  }
  return places;
}

/** Names of values of the pruned model that may differ from the dense model's: behind anything that was cut. */
function affectedNames(model: Model, dense: DenseSide, kept: ReturnType<typeof keptLookup>): Set<string> {
  const affected = new Set<string>();
  for (const [value, axes] of dense.analysis.links.table.entries())
    if ((axes ?? []).some((_, axis) => kept(value, axis) !== null)) affected.add(value.name);
  for (const node of orderWithLate(model, new Set())) {
    if (node.inputs.some((value) => value !== null && affected.has(value.name)))
      for (const output of node.outputs) if (output !== null) affected.add(output.name);
  }
  return affected;
}

function valuesByName(model: Model): Map<string, Value> {
  const values = new Map(model.graph.inputs.map((input) => [input.name, input] as const));
  for (const node of model.graph.nodes)
    for (const output of node.outputs) if (output !== null) values.set(output.name, output);
  return values;
}
