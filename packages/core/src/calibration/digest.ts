// Digests by which a plan names the data it was made with and the weights it leads to.

import { inferFacts, type Model } from "@espalier/ir";
import { weightsOf } from "../measure/macs.js";
import type { Feeds, Host, RuntimeTensor } from "../runtime.js";

/** SHA-256 over the inputs in order: of every set, by name, element type, dimensions and elements. */
export function digestInputs(inputs: readonly Feeds[], host: Pick<Host, "sha256">): Promise<string> {
  const chunks: Uint8Array[] = [];
  for (const feeds of inputs) {
    for (const name of Object.keys(feeds).sort()) {
      const { dataType, dims, data } = feeds[name] as RuntimeTensor;
      chunks.push(text(JSON.stringify([name, dataType, dims])));
      chunks.push(
        ArrayBuffer.isView(data)
          ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
          : text(JSON.stringify(data)),
      );
    }
    chunks.push(text(";"));
  }
  return host.sha256(chunks);
}

/** SHA-256 over all floating-point constants in graph order: name, dimensions, bytes. */
export function digestWeights(model: Model, host: Pick<Host, "sha256">): Promise<string> {
  const facts = inferFacts(model);
  const chunks: Uint8Array[] = [];
  for (const value of weightsOf(model, facts).keys()) {
    const tensor = facts.constant(value);
    if (tensor === null) continue;
    chunks.push(text(JSON.stringify([value.name, tensor.dataType, tensor.dims])), tensor.bytes());
  }
  return host.sha256(chunks);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
