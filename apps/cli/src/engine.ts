// The compute engine and host of this machine. onnxruntime-node is an optional dependency of the published
// command: without it, commands that only read still work, and the others say how to get it.

import type { Host, Runtime } from "@espalier/core";
import { EspalierError } from "@espalier/ir";

type RuntimeNode = typeof import("@espalier/runtime-node");

export interface Engine
  extends Pick<
    RuntimeNode,
    "readModelFile" | "externalDataIn" | "writeFolderAtomically" | "writeFileAtomically"
  > {
  readonly runtime: Runtime;
  readonly host: Host;
}

export async function openEngine(threads?: number): Promise<Engine> {
  let module: RuntimeNode;
  try {
    module = await import("@espalier/runtime-node");
  } catch (cause) {
    throw new EspalierError(
      "UNAVAILABLE",
      "The native engine is not installed",
      { unblock: "Install it: npm i @espalier/runtime-node --onnxruntime-node-install=skip" },
      { cause },
    );
  }
  const { nodeRuntime, nodeHost, readModelFile, externalDataIn, writeFolderAtomically, writeFileAtomically } =
    module;
  return {
    runtime: nodeRuntime(threads === undefined ? {} : { threads }),
    host: nodeHost(),
    readModelFile,
    externalDataIn,
    writeFolderAtomically,
    writeFileAtomically,
  };
}
