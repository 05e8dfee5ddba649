// Einsum: products and sums over named axes.

import type { Dim } from "../dim.js";
import type { Value } from "../graph/value.js";
import { broadcastDims, broadcastShapes } from "../shape/broadcast.js";
import type { Facts } from "../shape/facts.js";
import { invalidNode, requireInputs, requireOutput, stringOf } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface EinsumView {
  readonly inputs: readonly Value[];
  readonly y: Value;
  /** Letters of each operand, "..." for its leading axes. */
  readonly terms: readonly string[];
  /** Letters of the result; filled in when the equation leaves it out. */
  readonly result: string;
}

export const einsum: OpDefinition<EinsumView> = defineOp({
  domain: "",
  opType: "Einsum",
  view: (node) => {
    const equation = (stringOf(node, "equation") ?? "").replaceAll(" ", "");
    const [left = "", right] = equation.split("->");
    const terms = left.split(",");
    const inputs = requireInputs(node);
    if (terms.length !== inputs.length) throw invalidNode(node, `${inputs.length} terms`, equation);
    return { inputs, y: requireOutput(node, 0), terms, result: right ?? implicitResult(terms) };
  },
  infer: (view, facts) => [
    { dataType: facts.dataType(view.inputs[0] as Value), shape: contractedShape(view, facts) },
  ],
});

const ELLIPSIS = "...";

/** Letters met once, in alphabetical order. */
function implicitResult(terms: readonly string[]): string {
  const letters = terms.join("").replaceAll(".", "");
  const once = [...letters].filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  return (terms.some((term) => term.includes(ELLIPSIS)) ? ELLIPSIS : "") + once.sort().join("");
}

function contractedShape({ inputs, terms, result }: EinsumView, facts: Facts): Dim[] | null {
  const sizes = new Map<string, Dim>();
  const leading: (readonly Dim[])[] = [];
  for (const [i, term] of terms.entries()) {
    const shape = facts.shape(inputs[i] as Value);
    if (shape === null) return null;
    const [before = "", after = ""] = term.split(ELLIPSIS);
    if (shape.length < before.length + after.length) return null;
    const note = (letter: string, size: Dim | undefined): void => {
      if (size !== undefined) sizes.set(letter, broadcastDims(sizes.get(letter) ?? 1, size) ?? size);
    };
    for (const [at, letter] of [...before].entries()) note(letter, shape[at]);
    for (const [at, letter] of [...after].entries()) note(letter, shape[shape.length - after.length + at]);
    leading.push(shape.slice(before.length, shape.length - after.length));
  }
  const ellipsis = broadcastShapes(leading) ?? [];
  const [before = "", after] = result.split(ELLIPSIS);
  const named = (letters: string): Dim[] => [...letters].map((letter) => sizes.get(letter) ?? 1);
  return after === undefined ? named(before) : [...named(before), ...ellipsis, ...named(after)];
}
