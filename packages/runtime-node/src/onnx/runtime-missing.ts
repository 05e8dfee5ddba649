// The error where onnxruntime-node cannot be had.

import { escapeMessage } from "@espalier/core";
import { EspalierError } from "@espalier/ir";

export function runtimeMissingError(cause: unknown): EspalierError {
  return new EspalierError(
    "UNAVAILABLE",
    "onnxruntime-node is not installed or does not load",
    {
      found: escapeMessage(cause instanceof Error ? cause.message : String(cause)),
      unblock: "Install it with: ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node",
    },
    { cause },
  );
}
