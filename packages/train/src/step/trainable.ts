// The form of a network that training graphs are built in: a copy in the opset in which gradients are written.

import { type Model, type RaisedModel, raiseOpset } from "@espalier/ir";

/** The opset that gradients are written in; the network's own where that is newer. */
const OPSET = 17;
const IR_VERSION = 8;

/** @throws EspalierError `UNSUPPORTED_VERSION` where the network's opset is too old to be trained, below 7 */
export function trainable(source: Model): RaisedModel {
  const clone = raiseOpset(source, OPSET);
  clone.model.irVersion = Math.max(clone.model.irVersion, IR_VERSION);
  return clone;
}
