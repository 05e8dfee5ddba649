export type {
  ArtefactFile,
  PlannedModel,
  TargetOptions as CpuOptions,
  TargetResult as CpuResult,
  TargetRunOptions as CpuRunOptions,
} from "@espalier/core";
export { BUNDLED_COSTS } from "./bundled-costs.js";
export { cpu } from "./cpu.js";
