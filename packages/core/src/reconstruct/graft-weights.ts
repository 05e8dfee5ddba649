// The weights of one model put into another, where a recovery may have changed them and nowhere else. So a checker
// that cannot replay a recovery can still tell that nothing but its layers was touched.

import { cloneModel, EspalierError, type Model, rawTensor, type Tensor, type Value } from "@espalier/ir";
import type { KeptUnits } from "../plan/kept-units.js";
import type { UpdateWeightsStep } from "../plan/plan.js";
import { type DenseSide, findJobs } from "./recovery-jobs.js";
import { storeConstant, storedTensor } from "./store-constant.js";
import { dropZeroBias } from "./weights.js";

/**
 * `pruned` as `update` leaves it, with the solved weights, biases and measured statistics of `donor`. All else is
 * that of `pruned`; neither model is touched.
 *
 * @throws EspalierError `MISMATCH` where the donor lacks one of them or holds it in another form
 */
export function graftWeights(
  pruned: Model,
  dense: DenseSide,
  steps: readonly KeptUnits[],
  update: Pick<UpdateWeightsStep, "methods" | "options">,
  donor: Model,
): Model {
  const { model } = cloneModel(pruned);
  const { jobs, places } = findJobs(model, dense, steps, { methods: update.methods, ...update.options });
  const given = constantsOf(donor);
  const added = new Set([...places.values()].flatMap((place) => (place.added ? [place.value] : [])));
  for (const job of jobs) {
    const values =
      job.kind === "solve"
        ? [job.station.contraction.w, job.place.value]
        : [job.statistics.mean, job.statistics.variance];
    for (const value of values) take(value, given.get(value.name) ?? null, added.has(value));
  }
  for (const [station, place] of places) dropZeroBias(model, station, place);
  return model;
}

/** A bias that was added and came out as zeros is not in the donor. */
function take(value: Value, given: Tensor | null, mayLack: boolean): void {
  const own = storedTensor(value);
  if (own === null || (given === null && mayLack)) return;
  if (given === null || given.dataType !== own.dataType || given.dims.join() !== own.dims.join()) {
    throw new EspalierError("MISMATCH", "A weight that the recovery changes is not there", {
      value: value.name,
      expected: `${own.dims.join(" × ")} elements`,
      found: given === null ? "none" : `${given.dims.join(" × ")} of another type or shape`,
    });
  }
  storeConstant(value, rawTensor(own.dataType, own.dims, given.bytes(), own.name));
}

function constantsOf(model: Model): Map<string, Tensor> {
  const found = new Map<string, Tensor>();
  const values = [
    ...model.graph.initializers,
    ...[...model.graph.nodes].flatMap((node) => (node.inputs.length === 0 ? node.outputs : [])),
  ];
  for (const value of values) {
    const tensor = value === null ? null : storedTensor(value);
    if (value !== null && tensor !== null) found.set(value.name, tensor);
  }
  return found;
}
