// LSTM, GRU, RNN: what the three share. Gates lie one after another in the rows of w, r and b.

import { DataType } from "../data-type.js";
import { type Dim, divideDims, opaqueDim } from "../dim.js";
import type { Node } from "../graph/node.js";
import type { Value } from "../graph/value.js";
import type { Facts } from "../shape/facts.js";
import { choiceOf, floatOf, floatsOf, intOf, invalidNode, requireInput, stringsOf } from "./attributes.js";
import type { OpDefinition } from "./definition.js";

/**
 * x [time, batch, input] (layout 0) or [batch, time, input] (layout 1);
 * w [directions, gates·hidden, input], r [directions, gates·hidden, hidden], b [directions, 2·gates·hidden];
 * initialH [directions, batch, hidden] or, in layout 1, [batch, directions, hidden];
 * y [time, directions, batch, hidden] or [batch, time, directions, hidden]; yH as initialH.
 */
export interface RecurrentView {
  readonly x: Value;
  readonly w: Value;
  readonly r: Value;
  readonly b: Value | null;
  /** [batch] */
  readonly sequenceLengths: Value | null;
  readonly initialH: Value | null;
  readonly y: Value | null;
  readonly yH: Value | null;
  /** Gates per direction: 4, 3 or 1. */
  readonly gates: number;
  readonly hiddenSize: number | null;
  readonly direction: "forward" | "reverse" | "bidirectional";
  /** 2 for bidirectional, else 1. */
  readonly directions: 1 | 2;
  readonly layout: 0 | 1;
  /** As written; empty for the operator's own. */
  readonly activations: readonly string[];
  readonly activationAlpha: readonly number[];
  readonly activationBeta: readonly number[];
  readonly clip: number | null;
}

export function recurrentView(node: Node, facts: Facts, gates: number): RecurrentView {
  const r = requireInput(node, 2);
  const direction = choiceOf(node, "direction", ["forward", "reverse", "bidirectional"]);
  const layout = intOf(node, "layout") ?? 0;
  if (layout !== 0 && layout !== 1) throw invalidNode(node, '"layout" 0 or 1', String(layout));
  const ofWeight = facts.shape(r)?.[2];
  return {
    x: requireInput(node, 0),
    w: requireInput(node, 1),
    r,
    b: node.input(3),
    sequenceLengths: node.input(4),
    initialH: node.input(5),
    y: node.output(0),
    yH: node.output(1),
    gates,
    hiddenSize: intOf(node, "hidden_size") ?? (typeof ofWeight === "number" ? ofWeight : null),
    direction,
    directions: direction === "bidirectional" ? 2 : 1,
    layout,
    activations: stringsOf(node, "activations") ?? [],
    activationAlpha: floatsOf(node, "activation_alpha") ?? [],
    activationBeta: floatsOf(node, "activation_beta") ?? [],
    clip: floatOf(node, "clip"),
  };
}

/** Types of y, yH and (for LSTM) yC. */
export function inferRecurrent(view: RecurrentView, facts: Facts): ReturnType<OpDefinition["infer"]> {
  const dataType = facts.dataType(view.x) ?? DataType.FLOAT;
  const x = facts.shape(view.x);
  const hidden = view.hiddenSize ?? hiddenOfWeight(view, facts);
  const time = x?.[view.layout === 0 ? 0 : 1];
  const batch = x?.[view.layout === 0 ? 1 : 0];
  if (time === undefined || batch === undefined || hidden === null) {
    const unknown = { dataType, shape: null };
    return [unknown, unknown, unknown];
  }
  const { directions } = view;
  const [y, last]: [Dim[], Dim[]] =
    view.layout === 0
      ? [
          [time, directions, batch, hidden],
          [directions, batch, hidden],
        ]
      : [
          [batch, time, directions, hidden],
          [batch, directions, hidden],
        ];
  const state = { dataType, shape: last };
  return [{ dataType, shape: y }, state, state];
}

function hiddenOfWeight(view: RecurrentView, facts: Facts): Dim | null {
  const rows = facts.shape(view.w)?.[1];
  if (rows === undefined) return null;
  return divideDims(rows, view.gates) ?? opaqueDim("div", rows, view.gates);
}
