// The plan of this target: which units go, in which order the others lie, and which layers carry 2:4.

import {
  isDropBudget,
  maskSteps,
  type PatternLayer,
  type PlannedModel,
  type PlanningRunOptions,
  type PruningPlan,
  packPlanData,
  permuteSteps,
  planModel,
  planPattern,
  type ReasonedDense,
  sliceSteps,
  TWO_OF_FOUR,
} from "@espalier/core";
import { EspalierError, type Facts, type Model } from "@espalier/ir";
import { requireTypes } from "./export-model.js";
import { formatOf } from "./float16/float16-format.js";
import { layerGeometry } from "./layer-geometry.js";
import { sparseVerdict, type VerdictOptions } from "./sparse-verdict.js";
import { granularityOf, type TensorRtGranularity } from "./tensorrt-options.js";

/**
 * Widths are rounded up to it. 8 half-precision numbers are the 16 bytes that tensor core kernels load at a time; sparse
 * kernels want 16 inputs.
 */
const STEP: Readonly<Record<Exclude<TensorRtGranularity, "2:4">, number>> = { auto: 16, channel: 8 };

/**
 * @throws EspalierError `INVALID_OPTION`; `UNAVAILABLE` for a latency without costs; `UNSUPPORTED` for an element type that
 *   TensorRT has not; what `planModel` throws
 */
export async function planTensorRt(
  name: string,
  bytes: Uint8Array,
  { granularity: asked, ...options }: PlanningRunOptions,
  verdicts: VerdictOptions,
): Promise<PlannedModel> {
  const granularity = granularityOf(asked);
  formatOf(options.export);
  checkBudget(granularity, options);
  const planned =
    granularity === "2:4"
      ? await planModel({ name }, bytes, { ...options, budget: { ratio: 0 } })
      : await planModel({ name }, bytes, { step: STEP[granularity], ...options });
  requireTypes(planned.subject.model, new Map(Object.entries(planned.subject.bindings)));
  const named: PlannedModel = {
    ...planned,
    plan: {
      ...planned.plan,
      options: { ...planned.plan.options, granularity },
      ...(granularity === "2:4" ? { budget: { kind: "ratio" as const, value: 0.5 } } : {}),
    },
    // Nothing was asked of widths.
    refused:
      granularity === "2:4" ? planned.refused.filter(({ code }) => code !== "TOO_NARROW") : planned.refused,
  };
  return granularity === "channel" ? named : withPattern(named, granularity, options, verdicts);
}

function checkBudget(granularity: TensorRtGranularity, { budget, costTable }: PlanningRunOptions): void {
  if (isDropBudget(budget)) {
    if (granularity === "channel") return;
    throw new EspalierError("INVALID_OPTION", "A drop is measured before masks are put on", {
      where: "--max-drop",
      expected: "another budget, or --granularity channel",
      found: `--granularity ${granularity}`,
    });
  }
  if (granularity === "2:4" && !("ratio" in budget && budget.ratio === 0.5)) {
    throw new EspalierError("INVALID_OPTION", "2:4 removes half of the weights of the layers that carry it", {
      where: "budget",
      expected: "--ratio 0.5",
      found: Object.entries(budget)
        .map(([kind, value]) => `${kind} ${JSON.stringify(value)}`)
        .join(", "),
      unblock: "Take --granularity auto to remove units as well.",
    });
  }
  if ("latency" in budget && costTable === undefined) {
    throw new EspalierError("UNAVAILABLE", "A latency budget needs times measured with TensorRT", {
      where: "--latency",
      unblock: "Give --macs, --params or --ratio, and measure the result with the script of deploy-tensorrt.",
    });
  }
}

async function withPattern(
  planned: PlannedModel,
  granularity: Exclude<TensorRtGranularity, "channel">,
  { host, keepOverridable = false }: Pick<PlanningRunOptions, "host" | "keepOverridable">,
  verdicts: VerdictOptions,
): Promise<PlannedModel> {
  const { subject, plan } = planned;
  const { handlers } = subject;
  const slices = sliceSteps(plan.steps);
  // A budget that no widths reach leaves the network as it is.
  if (planned.refused.some(({ code }) => code === "BUDGET_UNREACHABLE")) return planned;
  const staysDense = (layer: PatternLayer, model: Model, facts: Facts): ReasonedDense | null => {
    const { code, detail } = sparseVerdict(layerGeometry(layer, { model, facts, handlers }), verdicts);
    return code === null ? null : { code, detail };
  };
  const pattern = planPattern(subject, slices, keepOverridable, {
    pattern: TWO_OF_FOUR,
    permute: true,
    ...(granularity === "2:4" ? {} : { staysDense }),
  });
  const patterned = { dense: pattern.dense, refused: [...planned.refused, ...pattern.refused] };
  if (pattern.steps.length === 0) return { ...planned, ...patterned };
  const packed = await packPlanData(pattern.steps, host);
  const made: PruningPlan = {
    ...plan,
    data: packed.file,
    steps: [...permuteSteps(packed.steps), ...slices, ...maskSteps(packed.steps)],
  };
  return { ...planned, ...patterned, plan: made, data: packed.data };
}
