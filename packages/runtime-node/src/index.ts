// The runtime

// Files
export { cacheFolder, folderCache } from "./files/cache.js";
export { type FolderCheckpoints, folderCheckpoints } from "./files/checkpoint-store.js";
export { type ExternalFolder, externalDataIn } from "./files/external-data.js";
export { type ModelFolder, openModelFolder } from "./files/model-folder.js";
export { checkFolderTarget, type TargetRules, type TargetState } from "./files/output-target.js";
export { readModelFile } from "./files/read-model-file.js";
export { sweepTemporaries } from "./files/temporaries.js";
export {
  type OutputFile,
  type WriteOptions,
  writeFileAtomically,
  writeFolderAtomically,
} from "./files/write-output.js";
// The host
export { type NodeHostOptions, nodeHost } from "./host.js";
export { type Footprint, measureFootprint } from "./measure/footprint.js";
export {
  type NodeRuntime,
  type NodeRuntimeCapabilities,
  type NodeRuntimeOptions,
  nodeRuntime,
  ONNXRUNTIME_VERSION,
} from "./runtime.js";
