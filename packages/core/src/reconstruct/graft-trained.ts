// The weights of a trained network put into the network that was trained. So a checker that does not train again can
// still tell that nothing but numbers changed.

import { cloneModel, EspalierError, inferFacts, type Model, rawTensor } from "@espalier/ir";
import { weightsOf } from "../measure/macs.js";
import { storeConstant } from "./store-constant.js";

/**
 * `source` with the floating-point constants of `trained`. All else is that of `source`; neither model is touched.
 *
 * @throws EspalierError `MISMATCH` where `trained` lacks one of them or holds it in another form
 */
export function graftTrained(source: Model, trained: Model): Model {
  const { model } = cloneModel(source);
  const facts = inferFacts(model);
  const given = inferFacts(trained);
  const byName = new Map(
    [...weightsOf(trained, given).keys()].map((value) => [value.name, given.constant(value)]),
  );
  for (const value of weightsOf(model, facts).keys()) {
    const own = facts.constant(value);
    const next = byName.get(value.name) ?? null;
    if (own === null) continue;
    if (next === null || next.dataType !== own.dataType || next.dims.join() !== own.dims.join())
      throw new EspalierError("MISMATCH", "A weight of the trained network is not there", {
        value: value.name,
        expected: `${own.dims.join(" × ")} elements`,
        found: next === null ? "none" : `${next.dims.join(" × ")} of another type or shape`,
      });
    storeConstant(value, rawTensor(own.dataType, own.dims, next.bytes(), own.name));
  }
  return model;
}
