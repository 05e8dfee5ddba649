// Targets: what is asked of a network, its plan, its proof

export { applyStructural, type StructuralResult } from "./target/apply-structural.js";
export {
  type Amount,
  type Budget,
  type BudgetKind,
  type DropBudget,
  isDropBudget,
  keptFraction,
  resolveBudget,
} from "./target/budget.js";
export type { Calibration } from "./target/calibration.js";
export { denseExport } from "./target/deployed-files.js";
export { type Deployment, deploymentOf } from "./target/deployment.js";
export {
  type Exported,
  type ExportFormat,
  type ExportOptions,
  type ExportRefused,
  isRefused,
  PRUNED_PATH,
} from "./target/export-format.js";
export { inOnePiece } from "./target/in-one-piece.js";
export { planStructural } from "./target/plan-structural.js";
export { type ProofOptions, proveStructural, toleranceOf } from "./target/prove-structural.js";
export { applyPlan, type DeployedAs, executePlan, planModel, pruneModel } from "./target/prune-structural.js";
export type { JudgeJob, Retrain, Retrained, RetrainJob } from "./target/retrain.js";
export type {
  ArtefactFile,
  PlannedModel,
  PlanningRunOptions,
  TargetOptions,
  TargetResult,
  TargetRunOptions,
} from "./target/run-options.js";
export { structuralCosts } from "./target/structural-costs.js";
export {
  type ResolvedOptions,
  resolveStructural,
  type StructuralOptions,
} from "./target/structural-options.js";
export {
  type ForeignFormat,
  type StructuralTargetOptions,
  structuralTarget,
} from "./target/structural-target.js";
export { openSubject, type Subject, type SubjectOptions } from "./target/subject.js";
export type {
  Cost,
  CostQuery,
  HardwareProfile,
  MeasureOptions,
  Target,
  TargetCapabilities,
  TargetWorld,
  VerifyOptions,
} from "./target/target.js";
export { VERSION } from "./target/version.js";

// Plans, and what carries them out

export { applyMasks, storedByName } from "./plan/apply-masks.js";
export { type AppliedSteps, applySteps, type CleanUpOptions, cleanUp } from "./plan/apply-steps.js";
export { type KeptUnits, keptUnits } from "./plan/kept-units.js";
export { eligibleGroups, type MadePlan, makePlan, type PlanningOptions } from "./plan/make-plan.js";
export {
  type FinetuneData,
  type FinetuneOptions,
  type FinetuneStep,
  finetuneStep,
  type MaskStep,
  maskSteps,
  type PatternStep,
  type PermuteStep,
  type PlanBudget,
  type PlanDataFile,
  type PlanOptions,
  type PlanPrediction,
  type PlanSegment,
  type PlanStep,
  type PruningPlan,
  patternSteps,
  permuteSteps,
  type RecoveryMethod,
  type SliceStep,
  sliceSteps,
  type TrainedScores,
  type UpdateWeightsStep,
  weightSteps,
} from "./plan/plan.js";
export {
  type LooseStep,
  openPlanData,
  type PackedSteps,
  type PlanData,
  packPlanData,
} from "./plan/plan-data.js";
export { planText } from "./plan/plan-text.js";
export { readPlan } from "./plan/read-plan.js";
export { barrierRefusals, denseRefusals, plainRefusal, refusalEntry } from "./plan/refusals.js";
export { arrangementOf, checkOrders, checkSteps, removalOf } from "./plan/removal.js";
export {
  type ReplayedWeights,
  replayWeights,
  type UpdatedWeights,
  type UpdateOptions,
  updateWeights,
} from "./plan/update-weights.js";

// Receipts, and checking what they claim

export type { Claim } from "./receipt/claim.js";
export { readReceipt } from "./receipt/read-receipt.js";
export {
  type AccuracyRecord,
  type Change,
  type CostRow,
  type DropCandidate,
  type DropRecord,
  type ExportedAccuracy,
  type ExportRecord,
  isTraining,
  type LatencyPrediction,
  type LatencyReport,
  type Parity,
  type Receipt,
  type RecoveryEntry,
  type RecoveryState,
  type RefusalEntry,
  recoveriesOf,
  type SensitivityRecord,
  type SizeBytes,
  type TrainingEntry,
  type WidthRow,
} from "./receipt/receipt.js";
export { REPORT_ROLE, receiptText, sealReceipt } from "./receipt/seal.js";
export { type VerifyInput, verifyReceipt } from "./receipt/verify.js";

// Importance of units

export { batchNormScale } from "./importance/batch-norm-scale.js";
export { type Criterion, type CriterionContext, forEachWeight } from "./importance/criterion.js";
export { type GateStatistics, GateSums } from "./importance/gate-statistics.js";
export { geometricMedian } from "./importance/geometric-median.js";
export { type MagnitudeOptions, magnitude } from "./importance/magnitude.js";
export { randomImportance } from "./importance/random-importance.js";
export { eliminationScores, reconstruction } from "./importance/reconstruction.js";
export { headImportance, type TaylorOptions, taylor } from "./importance/taylor.js";

// How many units a layer keeps

export {
  type Allocated,
  type Allocation,
  type AllocationOptions,
  bestUnits,
  roundWidth,
  type ScoredGroup,
} from "./allocation/allocation.js";
export { global, lamp } from "./allocation/global.js";
export { type KnapsackOptions, knapsack, lowestCost } from "./allocation/knapsack.js";
export {
  errorsByWidth,
  type SensitivityAllocation,
  sensitivity,
  sensitivityWidths,
  type WidthCosts,
} from "./allocation/sensitivity.js";
export type { TradeCurve, TradePoint } from "./allocation/trade-curve.js";
export { uniform } from "./allocation/uniform.js";

// In how many steps

export { type CubicOptions, cubic, type GradualSchedule } from "./schedule/cubic.js";
export { geometric, iterative, oneShot, type Schedule } from "./schedule/schedule.js";

// Calibration: sums and outputs over real inputs

export {
  type CollectOptions,
  collectGrams,
  type GroupConsumer,
} from "./calibration/collect-grams.js";
export type { Contraction } from "./calibration/contraction.js";
export { digestInputs, digestWeights } from "./calibration/digest.js";
export type { RunOptions } from "./calibration/frontier.js";
export { type GramSums, gramSums } from "./calibration/gram.js";
export { type Outputs, outputError, runOutputs } from "./calibration/output-error.js";
export type { SumOptions, Wanted } from "./calibration/sum-rows.js";

// Recovery without training

export type { StatisticsUpdate } from "./reconstruct/batch-norm.js";
export { collectEliminations, type EliminationOptions } from "./reconstruct/collect-eliminations.js";
export type { Elimination } from "./reconstruct/elimination.js";
export type { LeftLayer } from "./reconstruct/left-layers.js";
export {
  measureSensitivity,
  type Sensitivity,
  type SensitivityCurve,
  type SensitivityOptions,
  type SensitivityPoint,
} from "./reconstruct/measure-sensitivity.js";
export { type RecoveryOptions, type RecoveryReport, recover } from "./reconstruct/recover.js";
export type { DenseSide } from "./reconstruct/recovery-jobs.js";
export { type RecoverySettings, recoveryDefaults } from "./reconstruct/settings.js";
export type { LayerUpdate } from "./reconstruct/solve-layer.js";
export type { Station } from "./reconstruct/stations.js";

// Element masks

export { keptEntries, type MaskRule, type Masks, type MaskWeights } from "./masks/mask-rule.js";
export { shuffleMasks } from "./masks/shuffle-masks.js";
export { globalSmallest, layerSmallest, smallestOf } from "./masks/smallest.js";
export { standardDeviations } from "./masks/standard-deviations.js";

// N:M patterns

export { blockLargest, largestOfBlocks } from "./n-m/block-largest.js";
export { countPattern, type NmLayer, type NmRecord } from "./n-m/nm-record.js";
export { checkPattern, type NmPattern, patternText, TWO_OF_FOUR } from "./n-m/pattern.js";
export { axisBack, axisLast, type PatternAxis, patternMisfit } from "./n-m/pattern-axis.js";
export {
  type DenseLayer,
  type PatternLayer,
  type PatternLayers,
  patternLayers,
} from "./n-m/pattern-layers.js";
export {
  type PatternPlan,
  type PatternPlanOptions,
  planPattern,
  type ReasonedDense,
} from "./n-m/plan-pattern.js";
export { type PackedTwoOfFour, packTwoOfFour, unpackTwoOfFour } from "./n-m/two-of-four.js";
export { countViolations, type PatternCount } from "./n-m/violations.js";

// Channel permutations for 2:4

export { type ChannelSwapOptions, channelSwap } from "./channel-permutation/channel-swap.js";
export type { WeightRows } from "./channel-permutation/column-magnitudes.js";
export { type KeptMagnitudes, permutationEfficacy } from "./channel-permutation/efficacy.js";
export type { ReadingLayer } from "./channel-permutation/factor-rows.js";
export type { FoundPermutation, PermutationSearch } from "./channel-permutation/permutation-search.js";
export {
  type GroupOrder,
  type GroupOrders,
  type PermuteOptions,
  permuteGroups,
  searchFor,
} from "./channel-permutation/permute-groups.js";
export {
  type RandomPermutationsOptions,
  randomPermutations,
} from "./channel-permutation/random-permutations.js";
export { type StripeGroupsOptions, stripeGroups } from "./channel-permutation/stripe-groups.js";

// Quantisation

export {
  type AffineParameters,
  asymmetricInt8,
  clamp,
  dequantise,
  INT8,
  quantiseInt8,
  rangeOf,
  type ValueRange,
} from "./quantize/affine.js";
export { clipRange, type RangeMethod } from "./quantize/clip-range.js";
export { Histogram } from "./quantize/histogram.js";
export { observeRanges, type ValueSource } from "./quantize/observe-ranges.js";
export { type OnnxValuesOptions, onnxValues } from "./quantize/onnx-values.js";
export {
  quantiseBias,
  quantiseWeights,
  type WeightSlices,
  weightScales,
  weightSlices,
} from "./quantize/weights.js";

// Costs: what a width costs on a machine

export { chainReference, type LayerTime, layerTime, type WeightMask } from "./cost/chain.js";
export { CostMeter, type CostMeterOptions } from "./cost/cost-meter.js";
export {
  bytesModel,
  type CostModel,
  type CostSubject,
  type CostTerm,
  macsModel,
  parametersModel,
  termSum,
  totalCost,
} from "./cost/cost-model.js";
export type { CostPattern } from "./cost/cost-pattern.js";
export {
  type CostTable,
  costTableText,
  type KindRate,
  type OtherKernel,
  type OtherSample,
  type PatternRow,
  type PatternSample,
  type RunSample,
  readCostTable,
  type StairPoint,
} from "./cost/cost-table.js";
export { fitKindRates, type KindSample } from "./cost/kind-rates.js";
export { latencyModel } from "./cost/latency-model.js";
export { measureStair, stepOf } from "./cost/measure-stair.js";
export { measureZeros, type ZerosMeasured } from "./cost/measure-zeros.js";
export { unitWork } from "./cost/unit-work.js";
export { factsAt, type KeptCounts, keepUnits, sizeAt } from "./cost/widths.js";

// Measuring: multiply-accumulates, sparsity, times

export { costRows } from "./measure/cost-rows.js";
export { summariseSamples } from "./measure/latency-statistics.js";
export { countMacs, countParameters, type MacCount, type NodeMacs, weightsOf } from "./measure/macs.js";
export { median, quantile } from "./measure/quantile.js";
export { measureSideBySide, type TimedBlock, type TimedModel } from "./measure/side-by-side.js";
export { measureSparsity, type SparsityCount } from "./measure/sparsity.js";
export { type TimeRuns, takeTurns } from "./measure/take-turns.js";

// Parity of two models, and the masked reference

export { compareOutput, type OutputAgreement } from "./parity/compare.js";
export { measureParity, modelBytes, type ParityOptions } from "./parity/parity.js";
export { maskedReference } from "./reference/masked-reference.js";
export { ReferenceContext, type RemovedLookup } from "./reference/reference-context.js";

// Advice on a network

export type { Advice, Benefit, Pays } from "./advise/advice.js";
export { type AdviseOptions, advise, type NetworkAdvice } from "./advise/advise.js";
export { ADVICE, type AdviceCode } from "./advise/codes.js";
export type { DenseRuntimeFacts } from "./advise/dense-onnx.js";
export type { Download } from "./advise/download.js";
export {
  type Choice,
  type Evidence,
  GRANULARITIES,
  type Granularity,
  type GranularityVerdict,
} from "./granularity/granularity.js";
export { VERDICTS, type VerdictCode } from "./granularity/verdicts.js";

// Coupled groups

export type { Arrangement, Orders } from "./groups/arrangement.js";
export { type CoupledGroup, type DenseAxis, explainGroup, type GroupMember } from "./groups/coupled-group.js";
export { findCoupledGroups, type GroupAnalysis } from "./groups/find-groups.js";
export { Factor, type FactorKind, type Layout, type Product, type Sum } from "./groups/layout.js";
export type { Links } from "./groups/link.js";
export { AxisTable, Barrier, LinkContext, type MemberRole } from "./groups/link-context.js";
export { type Removal, unitOfPosition } from "./groups/positions.js";
export { REASONS, type ReasonCode, type Refusal } from "./groups/refusal.js";

// Surgery

export { dropOverridableInputs, type RemovedDead, removeDead } from "./surgery/remove-dead.js";
export { SliceContext } from "./surgery/slice-context.js";
export { sliceModel } from "./surgery/slice-model.js";
export { type Kept, sliceTensor } from "./surgery/slice-tensor.js";

// Operators: how each is coupled, sliced and counted

export { defaultHandlers, OP_HANDLERS } from "./ops/all.js";
export {
  createHandlerRegistry,
  defineHandler,
  type HandlerRegistry,
  type Mixing,
  type OpHandler,
  type Reduction,
  type RunningStatistics,
} from "./ops/handler.js";

// Runtimes and the host, handed in by whoever has them

export {
  abortedError,
  escapeMessage,
  type RuntimeErrorCode,
  runtimeError,
  wrapRuntimeError,
} from "./engine/runtime-errors.js";
export { cacheFolderParts, type UserPlaces } from "./host/cache-folder.js";
export {
  type Cache,
  type CheckpointStore,
  type Feeds,
  type Footprint,
  type Host,
  isUnavailable,
  type LatencyRequest,
  type LatencyStatistics,
  type LoadOptions,
  type ModelBytes,
  type ModelProfile,
  type ProfiledNode,
  type Profiler,
  type ProfilerOptions,
  type ProgressEvent,
  type ProgressListener,
  type ReferenceTime,
  type RunLimits,
  type Runtime,
  type RuntimeCapabilities,
  type RuntimeTensor,
  type Session,
  type TimedRuns,
  type Unavailable,
} from "./runtime.js";
export type {
  TfliteCapabilities,
  TfliteLoadOptions,
  TfliteRuntime,
  TfliteTimer,
  TfliteTimerOptions,
} from "./tflite-runtime.js";

// Inputs of a network

export { isNpy, type NpyArray, readNpy } from "./inputs/npy.js";
export { type IntegerDomain, randomInputs } from "./inputs/random-inputs.js";
export {
  checkInputSpec,
  type InputRule,
  type InputSpec,
  specifiedInputs,
} from "./inputs/specified-inputs.js";

// Files of numbers and of settings

export { checkShape } from "./json/check-shape.js";
export { type Json, type JsonOptions, jsonPointer, readJson } from "./json/strict-json.js";
export { invalidCheckpoint } from "./safetensors/invalid-checkpoint.js";
export {
  type ReadSafetensorsOptions,
  readSafetensors,
  type Safetensors,
} from "./safetensors/read-safetensors.js";
export { writeSafetensors } from "./safetensors/write-safetensors.js";

// Randomness

export { type Random, seededRandom } from "./random/random.js";
