// Slice: ranges were attributes before opset 10 and are inputs since, when they may also be computed.

import { type Dim, isStatic, isStaticShape } from "../dim.js";
import type { Node } from "../graph/node.js";
import type { Value } from "../graph/value.js";
import { contentsSize, numbersOf, strided, stridesOf } from "../shape/contents.js";
import { minDim, subtractDims } from "../shape/dim-arithmetic.js";
import type { Facts } from "../shape/facts.js";
import { isArbitrary, isNeverNegative, unknownDim, unknownShape } from "../shape/unknown.js";
import { intsOf, invalidNode, requireInput, requireOutput } from "./attributes.js";
import { allAxes, normalizeAxes, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** As written: negative positions count from the end, an end beyond the size means "to the end". */
export interface SliceRange<Position = number> {
  readonly axis: number;
  readonly start: Position;
  readonly end: Position;
  readonly step: number;
}

export interface SliceView {
  readonly x: Value;
  readonly y: Value;
  /** null when not constant. */
  readonly ranges: readonly SliceRange[] | null;
  readonly source: "attribute" | "input";
  /** The ranges as far as they are known, positions possibly symbolic; null when not even the axes are. */
  readonly extents: readonly SliceRange<Dim>[] | null;
  /** The operands that give starts, ends, axes and steps (opset 10). */
  readonly rangeInputs: readonly (Value | null)[];
}

export const slice: OpDefinition<SliceView> = defineOp({
  domain: "",
  opType: "Slice",
  view: (node, facts) => {
    const x = requireInput(node, 0);
    const fromInputs = facts.opset("") >= 10;
    const extents = fromInputs ? extentsOfInputs(node, facts, x) : extentsOfAttributes(node, facts, x);
    const constant = extents?.every(({ start, end }) => isStatic(start) && isStatic(end)) === true;
    return {
      x,
      y: requireOutput(node, 0),
      ranges: constant ? (extents as readonly SliceRange[]) : null,
      source: fromInputs ? "input" : "attribute",
      extents,
      rangeInputs: fromInputs ? [1, 2, 3, 4].map((i) => node.input(i)) : [],
    };
  },
  raise: (_, node, { opset, ints }) => {
    if (opset >= 10) return;
    for (const [i, name] of ["starts", "ends", "axes"].entries()) {
      const values = intsOf(node, name);
      node.attributes.delete(name);
      if (values !== null) node.setInput(1 + i, ints(values));
    }
  },
  infer: ({ x, y, extents }, facts) => {
    const dataType = facts.dataType(x);
    const whole = facts.shape(x);
    if (whole === null) return [{ dataType, shape: null }];
    if (extents === null) return [{ dataType, shape: unknownShape(y, whole.length) }];
    const shape = [...whole];
    for (const range of extents) {
      shape[range.axis] = slicedSize(whole[range.axis] as Dim, range) ?? unknownDim(y, range.axis);
    }
    return [{ dataType, shape, contents: cut(x, extents, shape, facts) }];
  },
});

function extentsOfAttributes(node: Node, facts: Facts, x: Value): SliceRange<Dim>[] | null {
  const starts = intsOf(node, "starts");
  const ends = intsOf(node, "ends");
  if (starts === null || ends === null) throw invalidNode(node, '"starts" and "ends"', "none");
  const axes = intsOf(node, "axes") ?? starts.map((_, i) => i);
  return zip(node, normalizeAxes(node, axes, rankOf(facts, x)), starts, ends, null);
}

function extentsOfInputs(node: Node, facts: Facts, x: Value): SliceRange<Dim>[] | null {
  const starts = facts.contents(requireInput(node, 1));
  const ends = facts.contents(requireInput(node, 2));
  const count = starts?.length ?? ends?.length;
  const axes = node.input(3) === null ? allAxes(count ?? null) : numbersOf(facts, node.input(3));
  const steps = numbersOf(facts, node.input(4));
  if (axes === null || (node.input(4) !== null && steps === null)) return null;
  const unknown = new Array<Dim>(axes.length).fill(UNKNOWN);
  return zip(node, normalizeAxes(node, axes, rankOf(facts, x)), starts ?? unknown, ends ?? unknown, steps);
}

/** A position of which nothing is known. */
const UNKNOWN: Dim = { coefficient: 1, symbols: ["~"] };

function zip(
  node: Node,
  axes: readonly number[] | null,
  starts: readonly Dim[],
  ends: readonly Dim[],
  steps: readonly number[] | null,
): SliceRange<Dim>[] | null {
  if (axes === null) return null;
  if (starts.length !== axes.length || ends.length !== axes.length) {
    throw invalidNode(node, `${axes.length} starts and ends`, `${starts.length} and ${ends.length}`);
  }
  return axes.map((axis, i) => {
    const step = steps?.[i] ?? 1;
    if (step === 0) throw invalidNode(node, "a step other than 0", "0");
    return { axis, start: starts[i] as Dim, end: ends[i] as Dim, step };
  });
}

/** First and one past last position inside an axis of `size`, in the direction of the step. */
export function clampRange({ start, end, step }: SliceRange, size: number): { start: number; end: number } {
  const from = start < 0 ? start + size : start;
  const to = end < 0 ? end + size : end;
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const clamp = (position: number): number => Math.min(Math.max(position, low), high);
  return { start: step < 0 ? Math.max(0, clamp(from)) : clamp(from), end: clamp(to) };
}

/** Far beyond every size: "to the end", whatever the size is. */
const TO_THE_END = 2 ** 31 - 1;

function slicedSize(size: Dim, { axis, start, end, step }: SliceRange<Dim>): Dim | null {
  if (isStatic(size) && isStatic(start) && isStatic(end)) {
    const range = clampRange({ axis, start, end, step }, size);
    return Math.max(0, Math.ceil((range.end - range.start) / step));
  }
  if (isStatic(start) && isStatic(end)) return partOfSymbolic(size, start, end, step);
  if (step !== 1 || isArbitrary(start) || isArbitrary(end)) return null;
  // From a computed position on, as many as the positions lie apart: a step of a cache.
  const apart = subtractDims(end, start);
  if (!isStatic(start)) return isStatic(apart) && apart > 0 && isNeverNegative(start) ? apart : null;
  if (start < 0) return null;
  const short = subtractDims(size, end);
  if (isStatic(short) && short >= 0) return apart;
  return isNeverNegative(end) ? subtractDims(minDim(end, size), start) : null;
}

/** Numbers as positions on an axis of symbolic size. */
function partOfSymbolic(size: Dim, start: number, end: number, step: number): Dim | null {
  if (step === -1) return (start === -1 || start >= TO_THE_END) && end <= -TO_THE_END ? size : null;
  if (step !== 1) return null;
  if (start < 0) {
    if (end >= TO_THE_END) return minDim(-start, size);
    // The last but one, for example: as long as the axis has that many.
    return end < 0 && end > start ? minDim(end - start, size) : null;
  }
  if (end >= TO_THE_END) return subtractDims(size, start);
  if (end < 0) return subtractDims(size, start - end);
  return start === 0 ? minDim(end, size) : null;
}

function cut(
  x: Value,
  extents: readonly SliceRange<Dim>[],
  shape: readonly Dim[],
  facts: Facts,
): Dim[] | null {
  const contents = facts.contents(x);
  const whole = facts.shape(x);
  if (contents === null || whole === null || contentsSize(shape) === null) return null;
  if (!isStaticShape(whole) || !isStaticShape(shape)) return null;
  const strides = stridesOf(whole);
  let offset = 0;
  for (const { axis, start, end, step } of extents) {
    if (!isStatic(start) || !isStatic(end)) return null;
    const stride = strides[axis] as number;
    offset += clampRange({ axis, start, end, step }, whole[axis] as number).start * stride;
    strides[axis] = stride * step;
  }
  return strided(contents, shape, strides, offset);
}
