// Scales and zero points of all activations that become int8: tensors that one operator wants to be the same share the
// union of their ranges, as TensorFlow's converter has it.

import { type AffineParameters, asymmetricInt8, rangeOf, type ValueRange } from "@espalier/core";
import type { GraphTensor } from "../graph/graph-tensor.js";
import type { GraphOperator } from "../graph/tflite-graph.js";
import { weightFacts } from "../graph/weighted.js";
import { int8Rule } from "./int8-rules.js";

export interface Int8Parameters {
  /** Of every activation that an int8 operator reads or makes. */
  of(tensor: GraphTensor): AffineParameters;
  /** What the operator that makes it writes: where a kernel fixes that, it may differ from what readers share. */
  written(output: GraphTensor): AffineParameters;
}

/** Float operands that are activations: not the stored weights and biases of products. */
export function activationInputs(operator: GraphOperator): GraphTensor[] {
  const facts = weightFacts(operator.builtin);
  return operator.inputs.filter(
    (input, i): input is GraphTensor =>
      input?.type === "FLOAT32" && (facts === null || (i !== facts.weight && i !== facts.bias)),
  );
}

/** @param operators those that become int8 */
export function int8Parameters(
  operators: readonly GraphOperator[],
  ranges: ReadonlyMap<GraphTensor, ValueRange>,
): Int8Parameters {
  const groups = new Groups();
  const fixed = new Map<GraphTensor, AffineParameters>();
  for (const operator of operators) {
    const rule = int8Rule(operator);
    if (rule === null) continue;
    const inputs = activationInputs(operator).filter(
      ({ constant }) => constant === null || !rule.cutConstants,
    );
    for (const tensor of [...inputs, ...operator.outputs]) groups.add(tensor);
    if (rule.scales === "same") groups.join([...inputs, ...operator.outputs]);
    else if (rule.scales !== "free") for (const output of operator.outputs) fixed.set(output, rule.scales);
  }
  const shared = new Map<GraphTensor, AffineParameters>();
  const sharedBy = (tensor: GraphTensor): AffineParameters => {
    const first = groups.firstOf(tensor);
    const known = shared.get(first);
    if (known !== undefined) return known;
    const members = groups.members(first);
    // What a kernel fixes holds for its own output, whatever was observed: it is cut there.
    const range = members
      .filter((member) => !fixed.has(member))
      .map((member) => rangeOfTensor(member, ranges));
    const given = members.map((member) => fixed.get(member)).find((one) => one !== undefined);
    const wide =
      given !== undefined && (range.length === 0 || holds(given, range.reduce(union))) ? given : null;
    const whole = members.map((member) => rangeOfTensor(member, ranges)).reduce(union);
    const parameters = wide ?? asymmetricInt8(whole);
    shared.set(first, parameters);
    return parameters;
  };
  return {
    of: sharedBy,
    written: (output) => fixed.get(output) ?? sharedBy(output),
  };
}

function rangeOfTensor(tensor: GraphTensor, ranges: ReadonlyMap<GraphTensor, ValueRange>): ValueRange {
  const known = ranges.get(tensor);
  if (known !== undefined) return known;
  if (tensor.constant === null) throw new Error(`no range of "${tensor.name}" was observed`);
  return Array.from(tensor.constant, (value) => ({ min: value, max: value })).reduce(union, {
    min: 0,
    max: 0,
  });
}

function union(a: ValueRange, b: ValueRange): ValueRange {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}

/** To half a step, which rounding takes anyway. */
function holds(parameters: AffineParameters, range: ValueRange): boolean {
  const { min, max } = rangeOf(parameters);
  const half = parameters.scale / 2;
  return range.min >= min - half && range.max <= max + half;
}

/** Sets of tensors that have one scale. */
class Groups {
  readonly #sets = new Map<GraphTensor, Set<GraphTensor>>();

  add(tensor: GraphTensor): void {
    if (!this.#sets.has(tensor)) this.#sets.set(tensor, new Set([tensor]));
  }

  join(tensors: readonly GraphTensor[]): void {
    const whole = new Set(tensors.flatMap((tensor) => [...(this.#sets.get(tensor) ?? [])]));
    for (const member of whole) this.#sets.set(member, whole);
  }

  members(tensor: GraphTensor): readonly GraphTensor[] {
    return [...(this.#sets.get(tensor) ?? [tensor])];
  }

  firstOf(tensor: GraphTensor): GraphTensor {
    return this.members(tensor)[0] as GraphTensor;
  }
}
