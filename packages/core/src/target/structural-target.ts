// A target that removes units, so that what is left is a smaller dense network: the CPU, the browser, TensorFlow Lite.
// What differs between them is the runtime that is handed in, the facts of the machine measured on it, and the format
// of the artefact.

import type { CostTable } from "../cost/cost-table.js";
import { stepOf } from "../cost/measure-stair.js";
import { measureZeros } from "../cost/measure-zeros.js";
import { patternCurve } from "../cost/pattern-curve.js";
import {
  type Choice,
  type Evidence,
  GRANULARITIES,
  type Granularity,
  type GranularityVerdict,
} from "../granularity/granularity.js";
import { VERDICTS, type VerdictCode, ZEROS_SKIPPED_BELOW } from "../granularity/verdicts.js";
import type { CoupledGroup } from "../groups/coupled-group.js";
import { modelBytes } from "../parity/parity.js";
import { verifyReceipt } from "../receipt/verify.js";
import { isUnavailable, type Unavailable } from "../runtime.js";
import { cacheKey, openStair, timesKernels } from "./cost-source.js";
import { type Deployment, deploymentOf } from "./deployment.js";
import { type ExportFormat, isRefused } from "./export-format.js";
import { applyPlan, type DeployedAs, planModel, pruneModel } from "./prune-structural.js";
import type { ArtefactFile } from "./run-options.js";
import type { Cost, CostQuery, HardwareProfile, Target, TargetCapabilities, TargetWorld } from "./target.js";

const PROFILE_MS = 200;

export interface StructuralTargetOptions {
  readonly name: string;
  /** "ONNX Runtime on the CPU" */
  readonly runs: string;
  /** Costs of some machine, to plan a latency by where nothing can be measured. */
  readonly bundledCosts?: CostTable;
  /** Of an artefact that is no ONNX file. */
  readonly foreign?: ForeignFormat;
}

export interface ForeignFormat extends ExportFormat {
  readonly name: Exclude<TargetCapabilities["format"], "onnx">;
  /** Why artefacts do not run where no `deployment` is handed in. */
  readonly missing: Unavailable;
}

/** A target that deploys dense networks. */
export function structuralTarget({ name, runs, bundledCosts, foreign }: StructuralTargetOptions): Target {
  const bundled = bundledCosts === undefined ? {} : { bundledCosts };
  const target: DeployedAs = { name, ...(foreign === undefined ? {} : { format: foreign }) };
  /** ONNX Runtime does not stand in for another runtime. */
  const placed = <T extends Partial<Deployment>>(world: T): T =>
    foreign === undefined ? world : { ...world, deployment: world.deployment ?? foreign.missing };
  return {
    name,
    capabilities: { format: foreign?.name ?? "onnx", granularities: GRANULARITIES, runs },
    profile: (world) => profileMachine(placed(world)),
    candidates: (group) =>
      group.width > 1 ? GRANULARITIES : GRANULARITIES.filter((one) => one !== "channel"),
    selectGranularity: ({ analysis }, profile) => analysis.groups.map((group) => choose(group, profile)),
    cost: costOf,
    plan: (bytes, options) => planModel(target, bytes, placed({ ...bundled, ...options })),
    exportModel: async (model, { bindings = {}, settings = {} } = {}) => {
      if (foreign === undefined) return [{ path: "model.onnx", role: "model", bytes: modelBytes(model) }];
      const exported = foreign.export(model, { bindings, settings });
      if (!isRefused(exported)) return [{ path: foreign.path, role: "model", bytes: exported.bytes }];
      const [first] = exported.refused;
      return { unavailable: first?.code ?? "UNSUPPORTED", unblock: first?.unblock ?? "" };
    },
    runModel: async (files, feeds, world) => {
      const runtime = deploymentOf(placed(world));
      if (isUnavailable(runtime)) return runtime;
      const session = await runtime.loadUntrusted(modelOf(files), { threads: 1, ...world });
      try {
        return await session.run(feeds);
      } finally {
        await session.dispose();
      }
    },
    measureLatency: async (files, { feeds, threads = 1, signal, onProgress, ...world }) => {
      const runtime = deploymentOf(placed(world));
      if (isUnavailable(runtime)) return runtime;
      const measured = await runtime.measureLatency({
        models: { model: { bytes: modelOf(files) } },
        feeds,
        threads,
        batch: Object.values(feeds)[0]?.dims[0] ?? null,
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress === undefined ? {} : { onProgress }),
      });
      if (isUnavailable(measured)) return measured;
      return measured.model ?? { unavailable: "UNAVAILABLE", unblock: "The runtime gave no timings." };
    },
    verify: (files, { receipt, sourceBytes, realInputs = [], ...world }) =>
      verifyReceipt({
        receipt,
        files: new Map(files.map(({ path, bytes }) => [path, bytes])),
        sourceBytes,
        specified: realInputs,
        ...(foreign === undefined ? {} : { format: foreign }),
        ...placed(world),
      }),
    prune: (bytes, options) => pruneModel(target, bytes, placed({ ...bundled, ...options })),
    apply: (plan, bytes, options) => applyPlan(target, plan, bytes, placed(options)),
  };
}

async function profileMachine(world: TargetWorld): ReturnType<Target["profile"]> {
  const { host } = world;
  const runtime = deploymentOf(world);
  if (isUnavailable(runtime)) return runtime;
  const kernels = timesKernels(runtime);
  const profiler = await runtime.openProfiler({ threads: 1, budgetMs: PROFILE_MS, kernels, ...world });
  if (isUnavailable(profiler)) return profiler;
  try {
    const stair = await openStair(runtime, host, await cacheKey(host, runtime, 1), world);
    const measured = await measureZeros(profiler);
    return { runtime: runtime.name, threads: 1, step: stepOf(stair), stair, ...measured };
  } finally {
    await profiler.dispose();
  }
}

function choose(group: CoupledGroup, profile: HardwareProfile): Choice {
  const rejected = [
    zerosVerdict("element", profile.zeros, "ZEROS_SKIPPED", "ZEROS_NOT_SKIPPED"),
    zerosVerdict("n-m", profile.twoOfFour, "PATTERN_USED", "PATTERN_NOT_USED"),
    verdict("block", "BLOCKS_NOT_USED", profile.zeros),
    verdict("layer", "LAYER_NEEDS_TRAINING", null),
  ];
  const ranked = group.members.some(({ role }) => role === "produces");
  const step: Evidence = {
    quantity: "step of the staircase",
    value: profile.step,
    unit: "channels",
    source: "measured",
    reference: `3×3 convolutions of 33 to 64 channels on ${profile.runtime}, one thread`,
  };
  if (!ranked || !group.exact)
    return {
      group: group.id,
      chosen: null,
      rejected: [verdict("channel", "STAYS_DENSE", null), ...rejected],
    };
  if (group.width <= profile.step)
    return {
      group: group.id,
      chosen: null,
      rejected: [verdict("channel", "BELOW_ONE_STEP", step), ...rejected],
    };
  return { group: group.id, chosen: verdict("channel", "CHANNELS_SMALLER_LAYERS", step), rejected };
}

/** Zeros that pay are still no reason to mask where removal pays as well: they are named, not chosen. */
function zerosVerdict(
  granularity: Granularity,
  evidence: Evidence,
  pays: VerdictCode,
  doesNot: VerdictCode,
): GranularityVerdict {
  return verdict(granularity, evidence.value < ZEROS_SKIPPED_BELOW ? pays : doesNot, evidence);
}

function verdict(granularity: Granularity, code: VerdictCode, evidence: Evidence | null): GranularityVerdict {
  return { granularity, code, reason: VERDICTS[code].text, evidence };
}

function costOf(
  { key, kind, in: input, out, macs }: CostQuery,
  table: CostTable,
): ReturnType<Target["cost"]> {
  const source: Cost["source"] = table.origin;
  const row = table.patterns.find((one) => one.key === key);
  if (row !== undefined) return { ms: patternCurve(row.samples, table.step)(input, out) / 1000, source };
  const rate = table.kinds.find((one) => one.kind === kind);
  if (rate !== undefined) return { ms: (rate.fixedUs + (rate.nsPerMac * macs) / 1000) / 1000, source };
  return {
    unavailable: "UNKNOWN_COST",
    unblock: "Measure a table on a network that has this kernel.",
  };
}

function modelOf(files: readonly ArtefactFile[]): Uint8Array {
  const model = files.find(({ role }) => role === "model");
  if (model === undefined) throw new Error("the artefact holds no model");
  return model.bytes;
}
