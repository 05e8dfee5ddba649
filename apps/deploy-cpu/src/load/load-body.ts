// A request to the served model: random legal inputs, as raw bytes where the model has one input, else as JSON.

import { type Feeds, openSubject, randomInputs } from "@espalier/core";
import { nodeHost } from "@espalier/runtime-node";
import type { DeployedFolder } from "../folder/deployed-folder.js";
import { encodeJson } from "../infer/encode-outputs.js";
import type { LoadJob } from "./load-job.js";

export interface LoadBody extends Pick<LoadJob, "contentType" | "bodyBase64"> {
  readonly sha256: string;
}

/** One batch of one, at the dimensions that the receipt was measured with. */
export async function loadBody({ receipt, model }: DeployedFolder): Promise<LoadBody> {
  const subject = openSubject(model.bytes, { dims: receipt.bindings });
  const [feeds = {}] = randomInputs(subject.model, subject.boundFacts, subject.handlers, {
    seed: receipt.seed,
    count: 1,
  });
  const [only, another] = Object.values(feeds);
  const raw = only !== undefined && another === undefined && ArrayBuffer.isView(only.data) ? only.data : null;
  const bytes = raw === null ? jsonBody(feeds) : new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength);
  return {
    contentType: raw === null ? "application/json" : "application/octet-stream",
    bodyBase64: Buffer.from(bytes).toString("base64"),
    sha256: await nodeHost().sha256(bytes),
  };
}

function jsonBody(feeds: Feeds): Uint8Array {
  const text = new TextDecoder().decode(encodeJson(feeds));
  return new TextEncoder().encode(text.replace(/^\{"outputs":/, '{"inputs":'));
}
