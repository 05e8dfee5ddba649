// RNN: one gate.

import { defineOp, type OpDefinition } from "./definition.js";
import { inferRecurrent, type RecurrentView, recurrentView } from "./recurrent.js";

export type RnnView = RecurrentView;

export const rnn: OpDefinition<RnnView> = defineOp({
  domain: "",
  opType: "RNN",
  float32: "STATE",
  view: (node, facts) => recurrentView(node, facts, 1),
  infer: (view, facts) => inferRecurrent(view, facts).slice(0, 2),
});
