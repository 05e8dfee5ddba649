// Reductions: the axes moved from an attribute to an input, for ReduceSum in opset 13, for the others in 18.

import { addDims, type Dim, multiplyDims } from "../dim.js";
import type { Node } from "../graph/node.js";
import type { Value } from "../graph/value.js";
import { numbersOf } from "../shape/contents.js";
import { maxDim, minDim } from "../shape/dim-arithmetic.js";
import type { Facts } from "../shape/facts.js";
import { flagOf, intsOf, requireInput, requireOutput } from "./attributes.js";
import { allAxes, normalizeAxes, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export type Reduction =
  | "sum"
  | "mean"
  | "max"
  | "min"
  | "prod"
  | "l1"
  | "l2"
  | "sum-square"
  | "log-sum"
  | "log-sum-exp";

export interface ReduceView {
  readonly x: Value;
  readonly y: Value;
  readonly reduction: Reduction;
  /** null when not known; empty where the operator does nothing. */
  readonly axes: readonly number[] | null;
  readonly keepDims: boolean;
  /** The operand that gives the axes. */
  readonly axesInput: Value | null;
}

interface Entry {
  readonly reduction: Reduction;
  /** Opset from which the axes are an input. */
  readonly inputSince: number;
  /** How elements combine in shape arithmetic. */
  readonly fold?: (a: Dim, b: Dim) => Dim;
}

const ENTRIES: Readonly<Record<string, Entry>> = {
  ReduceSum: { reduction: "sum", inputSince: 13, fold: addDims },
  ReduceMean: { reduction: "mean", inputSince: 18 },
  ReduceMax: { reduction: "max", inputSince: 18, fold: maxDim },
  ReduceMin: { reduction: "min", inputSince: 18, fold: minDim },
  ReduceProd: { reduction: "prod", inputSince: 18, fold: multiplyDims },
  ReduceL1: { reduction: "l1", inputSince: 18 },
  ReduceL2: { reduction: "l2", inputSince: 18 },
  ReduceSumSquare: { reduction: "sum-square", inputSince: 18 },
  ReduceLogSum: { reduction: "log-sum", inputSince: 18 },
  ReduceLogSumExp: { reduction: "log-sum-exp", inputSince: 18 },
};

/** One definition per operator of the family. */
export const reductions: readonly OpDefinition<ReduceView>[] = Object.entries(ENTRIES).map(
  ([opType, entry]) =>
    defineOp({
      domain: "",
      opType,
      // The largest and the smallest are numbers that were there.
      ...(entry.reduction !== "max" && entry.reduction !== "min" && { float32: "OVERFLOW" as const }),
      view: (node, facts) => {
        const fromInput = facts.opset("") >= entry.inputSince;
        const x = requireInput(node, 0);
        return {
          x,
          y: requireOutput(node, 0),
          reduction: entry.reduction,
          axes: axesOf(node, facts, fromInput, rankOf(facts, x)),
          keepDims: flagOf(node, "keepdims", true),
          axesInput: fromInput ? node.input(1) : null,
        };
      },
      raise: (_, node, { opset, ints }) => {
        const axes = intsOf(node, "axes");
        if (opset >= entry.inputSince || entry.inputSince > 17 || axes === null) return;
        node.attributes.delete("axes");
        node.setInput(1, ints(axes));
      },
      infer: (view, facts) => [
        {
          dataType: facts.dataType(view.x),
          shape: reducedShape(facts.shape(view.x), view.axes, view.keepDims),
          contents: entry.fold ? foldAll(view, entry.fold, facts) : null,
        },
      ],
    }),
);

/** The shape without `axes`, or with 1 in their place. */
export function reducedShape(
  shape: readonly Dim[] | null,
  axes: readonly number[] | null,
  keepDims: boolean,
): readonly Dim[] | null {
  if (shape === null) return null;
  // All that is known without the axes: which axes there are, when they stay.
  if (axes === null) return null;
  if (keepDims) return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return shape.filter((_, axis) => !axes.includes(axis));
}

function axesOf(node: Node, facts: Facts, fromInput: boolean, rank: number | null): number[] | null {
  const input = fromInput ? node.input(1) : null;
  const given = input !== null ? numbersOf(facts, input) : fromInput ? [] : (intsOf(node, "axes") ?? []);
  if (given === null) return null;
  if (given.length > 0) return normalizeAxes(node, given, rank);
  return flagOf(node, "noop_with_empty_axes") ? [] : allAxes(rank);
}

/** Only the reduction of a whole vector, as exporters count elements. */
function foldAll({ x, axes }: ReduceView, fold: (a: Dim, b: Dim) => Dim, facts: Facts): Dim[] | null {
  const contents = facts.contents(x);
  if (contents === null || contents.length === 0 || axes?.length !== facts.shape(x)?.length) return null;
  return [contents.reduce(fold)];
}
