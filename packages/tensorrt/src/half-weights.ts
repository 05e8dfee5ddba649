// Weights rounded to what float16 can hold, stored as they were: a build with --fp16 then takes them as they are, and
// what was checked on them holds for the engine.

import {
  cloneModel,
  DataType,
  EspalierError,
  float16ToNumber,
  inferFacts,
  isStatic,
  type Model,
  numberToFloat16,
  rawTensor,
  readFloats,
} from "@espalier/ir";

/**
 * A copy whose stored float32 tensors hold float16 numbers, ties to even. Zeros stay zeros, so a pattern stays one.
 *
 * @throws EspalierError `NONFINITE` for a weight that float16 cannot hold
 */
export function halfWeights(model: Model): Model {
  const copy = cloneModel(model).model;
  const facts = inferFacts(copy);
  for (const value of copy.graph.initializers) {
    const tensor = value.initializer;
    if (tensor === null || tensor.dataType !== DataType.FLOAT) continue;
    const rank = facts.shape(value)?.filter(isStatic).length ?? 0;
    const rounded = readFloats(tensor).map((weight) => float16ToNumber(numberToFloat16(weight)));
    const at = rounded.findIndex((weight) => !Number.isFinite(weight));
    if (at >= 0 && rank > 0)
      throw new EspalierError("NONFINITE", "A weight is larger than float16 can hold", {
        value: value.name,
        expected: "|w| < 65520",
        found: String(readFloats(tensor)[at]),
        unblock: "Keep this network in float32.",
      });
    if (at >= 0) continue; // a bound such as −∞, which no arithmetic is done with
    value.initializer = rawTensor(
      DataType.FLOAT,
      tensor.dims,
      new Uint8Array(rounded.buffer.slice(0)),
      tensor.name,
    );
  }
  return copy;
}
