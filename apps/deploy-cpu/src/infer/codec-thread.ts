// The thread of the codec: one job at a time.

import { parentPort } from "node:worker_threads";
import type { Feeds } from "@espalier/core";
import { Refusal, type RefusalData } from "../server/refusal.js";
import { decodeJson, type JsonRules } from "./decode-json.js";
import { encodeJson, type Outputs } from "./encode-outputs.js";
import type { Port } from "./port.js";

export type CodecRequest =
  | {
      readonly type: "decode";
      readonly bytes: Uint8Array;
      readonly inputs: readonly Port[];
      readonly rules: JsonRules;
    }
  | { readonly type: "encode"; readonly outputs: Outputs };

export type CodecReply =
  | { readonly type: "decoded"; readonly feeds: Feeds }
  | { readonly type: "encoded"; readonly bytes: Uint8Array }
  | { readonly type: "refused"; readonly refusal: RefusalData };

parentPort?.on("message", (request: CodecRequest) => {
  parentPort?.postMessage(answer(request));
});

function answer(request: CodecRequest): CodecReply {
  if (request.type === "encode") return { type: "encoded", bytes: encodeJson(request.outputs) };
  try {
    return { type: "decoded", feeds: decodeJson(request.bytes, request.inputs, request.rules) };
  } catch (error) {
    if (error instanceof Refusal) return { type: "refused", refusal: error.data };
    throw error;
  }
}
