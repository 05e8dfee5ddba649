// Operators on several operands that are broadcast together: arithmetic, comparison, logic, Where.
// Contents (shape arithmetic) are folded element by element.

import { DataType, isFloating } from "../data-type.js";
import { addDims, type Dim, equalDims, isStatic, isStaticShape, multiplyDims, opaqueDim } from "../dim.js";
import type { Value } from "../graph/value.js";
import { broadcastShapes } from "../shape/broadcast.js";
import { broadcastContents, contentsSize, elementsOf } from "../shape/contents.js";
import { maxDim, minDim, realQuotient, subtractDims, truncatedQuotient } from "../shape/dim-arithmetic.js";
import type { Facts } from "../shape/facts.js";
import { isNeverNegative, unknownElement } from "../shape/unknown.js";
import { flagOf, invalidNode, requireInputs, requireOutput } from "./attributes.js";
import { defineOp, type Float32Reason, type OpDefinition } from "./definition.js";

/** Operands in input order, for Where [condition, whenTrue, whenFalse]. */
export interface BroadcastView {
  readonly operands: readonly Value[];
  readonly y: Value;
}

interface Entry {
  readonly bool?: true;
  /** Number of operands; undefined for any number of them. */
  readonly arity?: number;
  /** The operand whose element type the result has. */
  readonly typedBy?: number;
  readonly float32?: Float32Reason;
  /** Combines one element of each operand; null for an element of which nothing can be said. */
  readonly fold?: (elements: readonly Dim[], floating: boolean) => Dim | null;
}

const pairwise =
  (combine: (a: Dim, b: Dim, floating: boolean) => Dim | null) =>
  (elements: readonly Dim[], floating: boolean): Dim | null => {
    let result: Dim | null = elements[0] ?? null;
    for (const element of elements.slice(1)) {
      if (result === null) return null;
      result = combine(result, element, floating);
    }
    return result;
  };

const compared = (test: (a: number, b: number) => boolean) =>
  pairwise((a, b) => (isStatic(a) && isStatic(b) ? Number(test(a, b)) : null));

const ENTRIES: Readonly<Record<string, Entry>> = {
  Add: { arity: 2, fold: pairwise(addDims) },
  Sub: { arity: 2, fold: pairwise(subtractDims) },
  Mul: { arity: 2, fold: pairwise(multiplyDims) },
  Div: {
    arity: 2,
    fold: pairwise((a, b, floating) => (floating ? realQuotient(a, b) : truncatedQuotient(a, b))),
  },
  Pow: {
    arity: 2,
    float32: "OVERFLOW",
    fold: pairwise((a, b) => (isStatic(a) && isStatic(b) ? a ** b : null)),
  },
  Mod: { arity: 2, fold: pairwise(remainder) },
  Max: { fold: pairwise(maxDim) },
  Min: { fold: pairwise(minDim) },
  Sum: { fold: pairwise(addDims) },
  Mean: {},
  And: { arity: 2, bool: true, fold: compared((a, b) => a !== 0 && b !== 0) },
  Or: { arity: 2, bool: true, fold: compared((a, b) => a !== 0 || b !== 0) },
  Xor: { arity: 2, bool: true, fold: compared((a, b) => (a !== 0) !== (b !== 0)) },
  Equal: { arity: 2, bool: true, fold: ([a, b]) => equal(a as Dim, b as Dim) },
  Greater: { arity: 2, bool: true, fold: compared((a, b) => a > b) },
  Less: { arity: 2, bool: true, fold: compared((a, b) => a < b) },
  GreaterOrEqual: { arity: 2, bool: true, fold: compared((a, b) => a >= b) },
  LessOrEqual: { arity: 2, bool: true, fold: compared((a, b) => a <= b) },
  Where: {
    arity: 3,
    typedBy: 1,
    fold: ([condition, a, b]) => {
      if (isStatic(condition as Dim)) return (condition === 0 ? b : a) as Dim;
      return equalDims(a as Dim, b as Dim) ? (a as Dim) : null;
    },
  },
  BitShift: { arity: 2 },
  BitwiseAnd: { arity: 2 },
  BitwiseOr: { arity: 2 },
  BitwiseXor: { arity: 2 },
};

/** One definition per operator of the family. */
export const broadcasting: readonly OpDefinition<BroadcastView>[] = Object.entries(ENTRIES).map(
  ([opType, entry]) =>
    defineOp({
      domain: "",
      opType,
      ...(entry.float32 && { float32: entry.float32 }),
      view: (node, facts) => {
        // Before opset 7 operands were aligned by an attribute.
        if (facts.opset("") < 7 && flagOf(node, "broadcast")) {
          throw invalidNode(node, "opset 7 or newer for broadcasting", `opset ${facts.opset("")}`);
        }
        const operands = requireInputs(node);
        if (operands.length === 0 || (entry.arity ?? operands.length) !== operands.length) {
          throw invalidNode(node, `${entry.arity ?? "at least one"} inputs`, String(operands.length));
        }
        return { operands, y: requireOutput(node, 0) };
      },
      infer: (view, facts) => {
        const { operands } = view;
        const typedBy = operands[entry.typedBy ?? 0] as Value;
        const shape = broadcastShapes(operands.map((operand) => facts.shape(operand)));
        return [
          {
            dataType: entry.bool ? DataType.BOOL : facts.dataType(typedBy),
            shape,
            contents: entry.fold ? foldContents(view, shape, entry.fold, facts) : null,
          },
        ];
      },
    }),
);

function foldContents(
  { operands, y }: BroadcastView,
  shape: readonly Dim[] | null,
  fold: NonNullable<Entry["fold"]>,
  facts: Facts,
): Dim[] | null {
  const size = contentsSize(shape);
  if (size === null || shape === null || !isStaticShape(shape)) return null;
  if (!operands.some((operand) => facts.contents(operand) !== null)) return null;
  // Sizes are integers: what is computed from an unknown float is no shape arithmetic, and may overflow.
  const isUnknownFloat = (operand: Value): boolean =>
    facts.contents(operand) === null && isFloating(facts.dataType(operand) ?? DataType.UNDEFINED);
  if (operands.some(isUnknownFloat)) return null;
  const columns: Dim[][] = [];
  for (const operand of operands) {
    const own = facts.shape(operand);
    const contents = elementsOf(facts, operand);
    if (contents === null || own === null || !isStaticShape(own)) return null;
    columns.push(broadcastContents(contents, own, shape));
  }
  const type = facts.dataType(operands[0] as Value);
  const result: Dim[] = [];
  for (let i = 0; i < size; i++) {
    const element = fold(
      columns.map((column) => column[i] as Dim),
      type !== null && isFloating(type),
    );
    result.push(element ?? unknownElement(y, i));
  }
  return result;
}

/** A size is never negative, so it differs from -1, which exporters test shapes for. */
function equal(a: Dim, b: Dim): Dim | null {
  if (equalDims(a, b)) return 1;
  if (isStatic(a) && isStatic(b)) return 0;
  const [number, other] = isStatic(a) ? [a, b] : [b, a];
  return isStatic(number) && number < 0 && isNeverNegative(other) ? 0 : null;
}

/** Of the integers, with the sign of the divisor. */
function remainder(a: Dim, b: Dim, floating: boolean): Dim | null {
  if (!isStatic(a) || !isStatic(b)) return floating ? null : opaqueDim("mod", a, b);
  if (b === 0) return null;
  return floating ? a % b : a - b * Math.floor(a / b);
}
