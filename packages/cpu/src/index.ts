export { apply, type ArtefactFile, type CpuOptions, type CpuResult, plan, prune } from "./prune.js";
