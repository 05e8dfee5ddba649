// The refusal of a rule that covers its operator only in part.

import { EspalierError, type Value } from "@espalier/ir";

/**
 * @param output any output of the node
 * @param found what about the node has no gradient here
 */
export function noGradientOf(output: Value, found: string): EspalierError {
  return new EspalierError("NO_GRADIENT", "The operator has no gradient rule in this form", {
    ...(output.producer === null ? {} : { node: output.producer.name, opType: output.producer.opType }),
    found,
    unblock: "Freeze the weights before it, or pass a rule of your own for the operator.",
  });
}
