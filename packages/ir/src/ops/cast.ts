// Cast, CastLike, BitCast: the same elements as another type.

import { bitsPerElement, DataType, type DataTypeCode, isFloating } from "../data-type.js";
import { type Dim, isStatic } from "../dim.js";
import type { Value } from "../graph/value.js";
import { flagOf, intOf, invalidNode, requireInput, requireOutput, stringOf } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";
import { elementTypeNamed } from "./element-type.js";
import type { UnaryView } from "./elementwise-unary.js";

export interface CastView extends UnaryView {
  /** null when it is another value's type and that is not known. */
  readonly to: DataTypeCode | null;
  readonly saturate: boolean;
}

export const cast: OpDefinition<CastView> = defineOp({
  domain: "",
  opType: "Cast",
  float32: "TYPE",
  view: (node) => {
    const named = node.attributes.get("to")?.value.kind === "string";
    const to = named ? elementTypeNamed(stringOf(node, "to") ?? "") : intOf(node, "to");
    if (to === null) throw invalidNode(node, 'an element type in "to"', "none");
    return {
      x: requireInput(node, 0),
      y: requireOutput(node, 0),
      to,
      saturate: flagOf(node, "saturate", true),
    };
  },
  infer: ({ x, to }, facts) => [
    { dataType: to, shape: facts.shape(x), contents: convert(facts.contents(x), facts.dataType(x), to) },
  ],
});

export interface CastLikeView extends CastView {
  readonly like: Value;
}

export const castLike: OpDefinition<CastLikeView> = defineOp({
  domain: "",
  opType: "CastLike",
  float32: "TYPE",
  view: (node, facts) => {
    const like = requireInput(node, 1);
    return {
      x: requireInput(node, 0),
      like,
      y: requireOutput(node, 0),
      to: facts.dataType(like),
      saturate: flagOf(node, "saturate", true),
    };
  },
  infer: ({ x, to }, facts) => [
    { dataType: to, shape: facts.shape(x), contents: convert(facts.contents(x), facts.dataType(x), to) },
  ],
});

export const bitCast: OpDefinition<CastView> = defineOp({
  domain: "",
  opType: "BitCast",
  float32: "TYPE",
  view: (node) => ({
    x: requireInput(node, 0),
    y: requireOutput(node, 0),
    to: intOf(node, "to"),
    saturate: false,
  }),
  infer: ({ x, to }, facts) => [{ dataType: to, shape: facts.shape(x) }],
});

function convert(
  contents: readonly Dim[] | null,
  from: DataTypeCode | null,
  to: DataTypeCode | null,
): readonly Dim[] | null {
  if (contents === null || from === null || to === null || bitsPerElement(to) === null) return null;
  if (isFloating(to)) return contents;
  if (to === DataType.BOOL) return contents.every(isStatic) ? contents.map((x) => (x === 0 ? 0 : 1)) : null;
  // Towards zero; a symbolic size with a whole coefficient stays itself.
  const whole: Dim[] = [];
  for (const x of contents) {
    if (isStatic(x)) whole.push(Math.trunc(x));
    else if (Number.isInteger(x.coefficient)) whole.push(x);
    else whole.push({ coefficient: 1, symbols: [`trunc(${x.coefficient}*${x.symbols.join("*")})`] });
  }
  return whole;
}
