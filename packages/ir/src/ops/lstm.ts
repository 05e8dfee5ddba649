// LSTM: gates in the order input, output, forget, cell.

import type { Value } from "../graph/value.js";
import { flagOf } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";
import { inferRecurrent, type RecurrentView, recurrentView } from "./recurrent.js";

export interface LstmView extends RecurrentView {
  /** As initialH. */
  readonly initialC: Value | null;
  /** Peepholes [directions, 3·hidden]: input, output, forget. */
  readonly p: Value | null;
  readonly yC: Value | null;
  /** Whether input and forget gate are one. */
  readonly inputForget: boolean;
}

export const lstm: OpDefinition<LstmView> = defineOp<LstmView>({
  domain: "",
  opType: "LSTM",
  float32: "STATE",
  view: (node, facts) => ({
    ...recurrentView(node, facts, 4),
    initialC: node.input(6),
    p: node.input(7),
    yC: node.output(2),
    inputForget: flagOf(node, "input_forget"),
  }),
  infer: inferRecurrent,
});
