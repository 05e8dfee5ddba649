export { cpu } from "./cpu.js";
export type { ArtefactFile, CpuOptions, CpuResult, CpuRunOptions } from "./options.js";
export { apply, type PlannedModel, plan, prune } from "./prune.js";
