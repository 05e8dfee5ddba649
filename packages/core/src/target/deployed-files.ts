// The files of a result: the artefact, what it was exported from, and what lies beside it.

import { readModel } from "@espalier/ir";
import { type CostTable, costTableText } from "../cost/cost-table.js";
import type { PruningPlan } from "../plan/plan.js";
import type { PlanData } from "../plan/plan-data.js";
import { planText } from "../plan/plan-text.js";
import {
  type Exported,
  type ExportFormat,
  type ExportOptions,
  isRefused,
  PRUNED_PATH,
} from "./export-format.js";
import type { ArtefactFile } from "./run-options.js";

/**
 * The clean dense network in the format of the artefact: what a speed-up is measured against. Where the artefact is
 * quantised, or its zeros are stored as nothing, that is no part of the baseline: the gain is of both.
 */
export function denseExport(
  format: ExportFormat | undefined,
  baseline: Uint8Array,
  { bindings, settings }: ExportOptions,
): Uint8Array {
  const plain = format?.baseline?.(settings) ?? settings;
  const dense = format?.export(readModel(baseline), { bindings, settings: plain });
  if (dense === undefined || isRefused(dense))
    throw new Error("the dense network was exported when it was planned, and is refused now");
  return dense.bytes;
}

/** The artefact, and the network that it was exported from where it is no ONNX file. */
export function modelFiles(
  pruned: Uint8Array,
  exported: Exported | null,
  format: ExportFormat | undefined,
): ArtefactFile[] {
  if (format === undefined || exported === null)
    return [{ path: "model.onnx", role: "model", bytes: pruned }];
  return [
    { path: format.path, role: "model", bytes: exported.bytes },
    { path: PRUNED_PATH, role: "pruned", bytes: pruned },
  ];
}

/** What lies beside the model: the plan with its orders and masks, and the cost table it was made by. */
export function besideModel(
  plan: PruningPlan,
  costTable: CostTable | null,
  data: PlanData | null,
): ArtefactFile[] {
  return [
    { path: "plan.json", role: "plan", bytes: planBytes(plan) },
    ...(data === null || plan.data === undefined
      ? []
      : [{ path: plan.data.path, role: "plan-data" as const, bytes: data.bytes }]),
    ...(costTable === null || plan.costTable === null
      ? []
      : [{ path: "cost-table.json", role: "cost-table" as const, bytes: encode(costTableText(costTable)) }]),
  ];
}

/** plan.json */
export function planBytes(plan: PruningPlan): Uint8Array {
  return encode(planText(plan));
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
