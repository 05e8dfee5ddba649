// GRU: gates in the order update, reset, hidden.

import { flagOf } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";
import { inferRecurrent, type RecurrentView, recurrentView } from "./recurrent.js";

export interface GruView extends RecurrentView {
  /** Whether the reset gate is applied after the recurrent product (as PyTorch does), not before. */
  readonly linearBeforeReset: boolean;
}

export const gru: OpDefinition<GruView> = defineOp<GruView>({
  domain: "",
  opType: "GRU",
  float32: "STATE",
  view: (node, facts) => ({
    ...recurrentView(node, facts, 3),
    linearBeforeReset: flagOf(node, "linear_before_reset"),
  }),
  infer: (view, facts) => inferRecurrent(view, facts).slice(0, 2),
});
