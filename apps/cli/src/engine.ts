// The compute engine and host of this machine: @espalier/runtime-node, an optional dependency of the published
// command, loaded on first use. Where it is missing, `explain` and `doctor` still work and the rest says how to
// get it.

import type { Host } from "@espalier/core";
import { EspalierError } from "@espalier/ir";

type RuntimeNode = typeof import("@espalier/runtime-node");

export interface Engine
  extends Pick<
    RuntimeNode,
    | "readModelFile"
    | "openModelFolder"
    | "externalDataIn"
    | "writeFolderAtomically"
    | "writeFileAtomically"
    | "checkFolderTarget"
    | "folderCheckpoints"
  > {
  readonly runtime: ReturnType<RuntimeNode["nodeRuntime"]>;
  readonly host: Host;
}

export async function openEngine(): Promise<Engine> {
  const module = await import("@espalier/runtime-node").catch((cause) => {
    throw new EspalierError(
      "UNAVAILABLE",
      "The native engine is not installed",
      { unblock: "Install it: npm i @espalier/runtime-node --onnxruntime-node-install=skip" },
      { cause },
    );
  });
  const {
    readModelFile,
    openModelFolder,
    externalDataIn,
    writeFolderAtomically,
    writeFileAtomically,
    checkFolderTarget,
    folderCheckpoints,
  } = module;
  return {
    runtime: module.nodeRuntime(),
    host: module.nodeHost(),
    readModelFile,
    openModelFolder,
    externalDataIn,
    writeFolderAtomically,
    writeFileAtomically,
    checkFolderTarget,
    folderCheckpoints,
  };
}
