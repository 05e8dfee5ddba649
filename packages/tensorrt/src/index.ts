// Devices and what they bound
export { DEFAULT_DEVICE, DEVICES, type Device } from "./devices.js";
// Eligibility
export {
  type EligibilityRow,
  type EligibilityTable,
  eligibilityMarkdown,
  eligibilityTable,
} from "./eligibility-table.js";
// Export
export { exportTensorRt, type TensorRtExport, type TensorRtExportOptions } from "./export-model.js";
export { findDevice } from "./find-device.js";
export { TENSORRT_SETTINGS } from "./float16/float16-format.js";
export { type Float16Graph, type Float16Options, float16Graph } from "./float16/float16-graph.js";
export { FLOAT32_REASONS, type KeptReason } from "./float16/float32-reasons.js";
export type { KeptNode } from "./float16/stays-float32.js";
export type { StoredCounts } from "./float16/type-twins.js";
export { halfWeights } from "./half-weights.js";
export { type LayerGeometry, layerGeometry } from "./layer-geometry.js";
export { layerParts } from "./layer-names.js";
export { packLayer } from "./pack-layer.js";
export { type LayerBound, layerBound, type Precision } from "./roofline.js";
export {
  type MeasuredTimes,
  type SparseVerdict,
  sparseVerdict,
  type VerdictOptions,
} from "./sparse-verdict.js";
// The target
export { NO_TENSORRT, type TensorRtOptions, tensorrt, tensorrtTarget } from "./tensorrt.js";
export type { TensorRtGranularity } from "./tensorrt-options.js";
// What trtexec writes
export { readTrtexecLog, type SparseLayers, type TrtexecLog } from "./trtexec-log.js";
export {
  type EngineLayer,
  type LayerTime,
  type LayerTimes,
  readLayerInfo,
  readProfile,
} from "./trtexec-profile.js";
export { type ScriptOptions, trtexecScript } from "./trtexec-script.js";
