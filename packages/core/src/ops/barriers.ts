// Operators that are known and not sliced yet. Each says why, instead of "unknown".

import { dequantizeLinear, dynamicQuantizeLinear, gru, lstm, quantizeLinear, rnn } from "@espalier/ir";
import { Barrier } from "../groups/link-context.js";
import type { ReasonCode } from "../groups/refusal.js";
import { defineHandler, type OpHandler } from "./handler.js";

function barrier(definition: OpHandler["definition"], code: ReasonCode): OpHandler {
  return defineHandler<unknown>({
    definition,
    barrier: code,
    links: () => {
      throw new Barrier(code);
    },
  });
}

export const barrierHandlers: readonly OpHandler[] = [
  ...[lstm, gru, rnn].map((definition) => barrier(definition, "RECURRENT")),
  ...[quantizeLinear, dequantizeLinear, dynamicQuantizeLinear].map((definition) =>
    barrier(definition, "QUANTISED"),
  ),
];
