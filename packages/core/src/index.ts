// The world, handed in

// Plan and receipt
export type { PlanBudget, PlanOptions, PlanStep, PruningPlan, SliceStep } from "./plan/plan.js";
export type {
  Change,
  CostRow,
  LatencyReport,
  Parity,
  Receipt,
  RefusalEntry,
  SizeBytes,
  WidthRow,
} from "./receipt/receipt.js";
export {
  type Feeds,
  type Host,
  isUnavailable,
  type LatencyRequest,
  type LatencyStatistics,
  type LoadOptions,
  type ModelBytes,
  type ProfiledNode,
  type ProgressEvent,
  type ProgressListener,
  type RunLimits,
  type Runtime,
  type RuntimeCapabilities,
  type RuntimeTensor,
  type Session,
  type Unavailable,
} from "./runtime.js";
