// Split: sizes were an attribute before opset 13, an input since; or equal parts, counted by the outputs or
// (opset 18) by `num_outputs`, the last one then possibly smaller.

import { type Dim, divideDims, isStatic, isStaticShape, opaqueDim } from "../dim.js";
import type { Value } from "../graph/value.js";
import { contentsSize, numbersOf, strided, stridesOf } from "../shape/contents.js";
import type { Facts } from "../shape/facts.js";
import { unknownDim } from "../shape/unknown.js";
import { intOf, intsOf, invalidNode, requireInput } from "./attributes.js";
import { normalizeAxis, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface SplitView {
  readonly x: Value;
  readonly outputs: readonly (Value | null)[];
  readonly axis: number | null;
  readonly sizes: readonly number[] | null;
  readonly sizesSource: "attribute" | "input" | "equal";
  /** Where this opset keeps sizes that are written out. */
  readonly sizesBelong: "attribute" | "input";
  /** The operand that gives the sizes. */
  readonly sizesInput: Value | null;
}

export const split: OpDefinition<SplitView> = defineOp({
  domain: "",
  opType: "Split",
  view: (node, facts) => {
    const x = requireInput(node, 0);
    const axis = normalizeAxis(node, intOf(node, "axis") ?? 0, rankOf(facts, x));
    const fromInputs = facts.opset("") >= 13;
    const sizesInput = fromInputs ? node.input(1) : null;
    const attribute = fromInputs ? null : intsOf(node, "split");
    const shape = facts.shape(x);
    const sizes =
      sizesInput !== null
        ? numbersOf(facts, sizesInput)
        : (attribute ?? equalParts(axis === null ? null : (shape?.[axis] ?? null), node.outputs.length));
    if (sizes !== null && sizes.length !== node.outputs.length) {
      throw invalidNode(node, `${node.outputs.length} sizes`, String(sizes.length));
    }
    const sizesSource = sizesInput !== null ? "input" : attribute !== null ? "attribute" : "equal";
    const sizesBelong = fromInputs ? "input" : "attribute";
    return { x, outputs: node.outputs, axis, sizes, sizesSource, sizesBelong, sizesInput };
  },
  raise: (_, node, { opset, ints }) => {
    const sizes = intsOf(node, "split");
    if (opset >= 13 || sizes === null) return;
    node.attributes.delete("split");
    node.setInput(1, ints(sizes));
  },
  infer: (view, facts) => {
    const { x, axis, outputs } = view;
    const dataType = facts.dataType(x);
    const whole = facts.shape(x);
    if (whole === null || axis === null) return outputs.map(() => ({ dataType, shape: null }));
    const size = whole[axis] as Dim;
    let start = 0;
    return outputs.map((output, i) => {
      const part = view.sizes?.[i] ?? symbolicPart(size, view, output, i, facts);
      const shape = whole.map((dim, at) => (at === axis ? part : dim));
      const contents = isStatic(part) ? cut(x, axis, start, shape, facts) : null;
      if (isStatic(part)) start += part;
      return { dataType, shape, contents };
    });
  },
});

function equalParts(size: Dim | null, count: number): number[] | null {
  if (size === null || !isStatic(size) || count === 0) return null;
  const part = Math.ceil(size / count);
  return Array.from({ length: count }, (_, i) => Math.max(0, Math.min(part, size - i * part)));
}

function symbolicPart(size: Dim, view: SplitView, output: Value | null, i: number, facts: Facts): Dim {
  if (view.sizesInput !== null) {
    const given = facts.contents(view.sizesInput)?.[i];
    return given ?? (output === null ? size : unknownDim(output, view.axis ?? 0));
  }
  return divideDims(size, view.outputs.length) ?? opaqueDim("part", size, view.outputs.length, i);
}

function cut(x: Value, axis: number, start: number, shape: readonly Dim[], facts: Facts): Dim[] | null {
  const contents = facts.contents(x);
  const whole = facts.shape(x);
  if (contents === null || whole === null || contentsSize(shape) === null) return null;
  if (!isStaticShape(whole) || !isStaticShape(shape)) return null;
  const strides = stridesOf(whole);
  return strided(contents, shape, strides, start * (strides[axis] as number));
}
