export type {
  ArtefactFile,
  PlannedModel,
  TargetOptions as CpuOptions,
  TargetResult as CpuResult,
  TargetRunOptions as CpuRunOptions,
} from "@espalier/core";
export { cpu } from "./cpu.js";
