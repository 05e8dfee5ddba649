// Pad: amounts were an attribute before opset 11, an input since, and since opset 18 possibly only for the
// axes that a further input lists.

import { addDims, type Dim, isStatic } from "../dim.js";
import type { Node } from "../graph/node.js";
import type { Value } from "../graph/value.js";
import { numbersOf, scalarOf } from "../shape/contents.js";
import type { Facts } from "../shape/facts.js";
import { isArbitrary, unknownDim, unknownShape } from "../shape/unknown.js";
import { choiceOf, floatOf, intsOf, invalidNode, requireInput, requireOutput } from "./attributes.js";
import { normalizeAxes, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface PadView {
  readonly x: Value;
  readonly y: Value;
  readonly mode: "constant" | "reflect" | "edge" | "wrap";
  /** One entry per axis, negative where it crops; null when not constant. */
  readonly begin: readonly number[] | null;
  readonly end: readonly number[] | null;
  readonly source: "attribute" | "input";
  /** What constant mode fills with; null when not constant. */
  readonly fill: number | null;
  /** The operand that gives what constant mode fills with. */
  readonly fillInput: Value | null;
  /** The operand that gives the amounts. */
  readonly padsInput: Value | null;
  /** begin and end as far as known, amounts possibly symbolic. */
  readonly amounts: { readonly begin: readonly Dim[]; readonly end: readonly Dim[] } | null;
}

export const pad: OpDefinition<PadView> = defineOp({
  domain: "",
  opType: "Pad",
  view: (node, facts) => {
    const x = requireInput(node, 0);
    const fromInputs = facts.opset("") >= 11;
    const pads = fromInputs ? facts.contents(requireInput(node, 1)) : intsOf(node, "pads");
    if (!fromInputs && pads === null) throw invalidNode(node, '"pads"', "none");
    const amounts = amountsOf(node, facts, pads, rankOf(facts, x), fromInputs);
    const [begin, end] = [amounts?.begin ?? null, amounts?.end ?? null];
    return {
      x,
      y: requireOutput(node, 0),
      mode: choiceOf(node, "mode", ["constant", "reflect", "edge", "wrap"]),
      begin: begin?.every(isStatic) ? begin : null,
      end: end?.every(isStatic) ? end : null,
      source: fromInputs ? "input" : "attribute",
      fill: fromInputs ? fillOf(node, facts) : (floatOf(node, "value") ?? 0),
      fillInput: fromInputs ? node.input(2) : null,
      padsInput: fromInputs ? node.input(1) : null,
      amounts,
    };
  },
  raise: ({ x, mode, fill }, node, { opset, ints, float, dataType }) => {
    const pads = intsOf(node, "pads");
    if (opset >= 11 || pads === null) return;
    for (const name of ["pads", "value"]) node.attributes.delete(name);
    node.setInput(1, ints(pads));
    if (mode === "constant" && fill !== null && fill !== 0) node.setInput(2, float(fill, dataType(x)));
  },
  infer: ({ x, y, amounts }, facts) => {
    const dataType = facts.dataType(x);
    const shape = facts.shape(x);
    if (shape === null) return [{ dataType, shape: null }];
    if (amounts === null) return [{ dataType, shape: unknownShape(y, shape.length) }];
    const padded = shape.map((size, axis) => {
      const total = addDims(amounts.begin[axis] ?? 0, amounts.end[axis] ?? 0);
      return isArbitrary(total) ? unknownDim(y, axis) : addDims(size, total);
    });
    return [{ dataType, shape: padded }];
  },
});

function fillOf(node: Node, facts: Facts): number | null {
  if (node.input(2) === null) return 0;
  const fill = scalarOf(facts, node.input(2));
  return fill !== null && isStatic(fill) ? fill : null;
}

function amountsOf(
  node: Node,
  facts: Facts,
  pads: readonly Dim[] | null,
  rank: number | null,
  fromInputs: boolean,
): PadView["amounts"] {
  if (pads === null) return null;
  const count = pads.length / 2;
  const axesInput = fromInputs && facts.opset("") >= 18 ? node.input(3) : null;
  if (axesInput === null) {
    if (rank !== null && count !== rank) throw invalidNode(node, `${2 * rank} amounts`, String(pads.length));
    return { begin: pads.slice(0, count), end: pads.slice(count) };
  }
  const given = numbersOf(facts, axesInput);
  const axes = given === null ? null : normalizeAxes(node, given, rank);
  if (axes === null || rank === null) return null;
  if (axes.length !== count) throw invalidNode(node, `${2 * axes.length} amounts`, String(pads.length));
  const begin = new Array<Dim>(rank).fill(0);
  const end = new Array<Dim>(rank).fill(0);
  axes.forEach((axis, i) => {
    begin[axis] = pads[i] as Dim;
    end[axis] = pads[count + i] as Dim;
  });
  return { begin, end };
}
