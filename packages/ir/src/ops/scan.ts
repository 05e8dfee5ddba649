// Scan: runs a subgraph over the slices of some operands, carrying states along.

import type { Dim } from "../dim.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/value.js";
import type { TypeFact } from "../shape/facts.js";
import { intOf, intsOf, invalidNode, requireGraph, requireInputs } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface ScanView {
  readonly states: readonly Value[];
  readonly scanned: readonly Value[];
  readonly body: Graph;
  /** Final states, then the collected ones with an axis more. */
  readonly outputs: readonly (Value | null)[];
  /** Axis of each scanned operand; may be negative. */
  readonly inputAxes: readonly number[];
  /** Axis that each collected output grows along; may be negative. */
  readonly outputAxes: readonly number[];
}

export const scan: OpDefinition<ScanView> = defineOp({
  domain: "",
  opType: "Scan",
  view: (node, facts) => {
    if (facts.opset("") < 9) throw invalidNode(node, "opset 9 or newer", `opset ${facts.opset("")}`);
    const inputs = requireInputs(node);
    const count = intOf(node, "num_scan_inputs") ?? 0;
    if (count < 1 || count > inputs.length) throw invalidNode(node, '"num_scan_inputs"', String(count));
    const collected = Math.max(0, node.outputs.length - (inputs.length - count));
    return {
      states: inputs.slice(0, inputs.length - count),
      scanned: inputs.slice(inputs.length - count),
      body: requireGraph(node, "body"),
      outputs: node.outputs,
      inputAxes: intsOf(node, "scan_input_axes") ?? new Array<number>(count).fill(0),
      outputAxes: intsOf(node, "scan_output_axes") ?? new Array<number>(collected).fill(0),
    };
  },
  *bodyInputs({ states, scanned, body, inputAxes }, facts): Generator<readonly [Value, TypeFact]> {
    for (const [i, inner] of body.inputs.entries()) {
      const state = states[i];
      const whole = scanned[i - states.length];
      if (state !== undefined) yield [inner, { dataType: facts.dataType(state), shape: facts.shape(state) }];
      else if (whole !== undefined) {
        const shape = facts.shape(whole);
        const axis = shape === null ? 0 : fromFront(inputAxes[i - states.length] ?? 0, shape.length);
        yield [
          inner,
          { dataType: facts.dataType(whole), shape: shape?.filter((_, at) => at !== axis) ?? null },
        ];
      }
    }
  },
  infer: ({ states, scanned, body, outputs, inputAxes, outputAxes }, facts) => {
    const first = scanned[0] === undefined ? null : facts.shape(scanned[0]);
    const length: Dim | undefined = first?.[fromFront(inputAxes[0] ?? 0, first.length)];
    return outputs.map((_, i) => {
      const state = states[i];
      if (state !== undefined) return { dataType: facts.dataType(state), shape: facts.shape(state) };
      const result = body.outputs[i];
      if (result === undefined) return null;
      const shape = facts.shape(result);
      const dataType = facts.dataType(result);
      if (shape === null || length === undefined) return { dataType, shape: null };
      const axis = fromFront(outputAxes[i - states.length] ?? 0, shape.length + 1);
      return { dataType, shape: [...shape.slice(0, axis), length, ...shape.slice(axis)] };
    });
  },
});

function fromFront(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
