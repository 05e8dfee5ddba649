// The form of a network that training graphs are built in: a copy in the opset in which gradients are written.

import { type ClonedModel, cloneModel, EspalierError, type Model } from "@espalier/ir";

/** The opset that gradients are written in; the network's own where that is newer. */
const OPSET = 17;
const IR_VERSION = 8;
/** From here on operators read as in the opset of gradients. */
const OLDEST = 13;

/** @throws EspalierError `UNSUPPORTED_VERSION` where the network's opset is too old to be trained */
export function trainable(source: Model): ClonedModel {
  const clone = cloneModel(source);
  const { model } = clone;
  const opset = model.opsets.get("") ?? 1;
  if (opset < OLDEST)
    throw new EspalierError("UNSUPPORTED_VERSION", "The network's opset is too old to be trained", {
      expected: `opset ${OLDEST} or newer`,
      found: `opset ${opset}`,
      unblock: "Export it again with a newer opset.",
    });
  model.opsets.set("", Math.max(opset, OPSET));
  model.irVersion = Math.max(model.irVersion, IR_VERSION);
  return clone;
}
