export { type ArtefactFile, apply, type CpuOptions, type CpuResult, plan, prune } from "./prune.js";
