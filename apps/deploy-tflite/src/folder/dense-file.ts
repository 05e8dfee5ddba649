// dense.tflite: the network with nothing removed.

import { applyStructural, denseExport, keptUnits, openPlanData, type TargetResult } from "@espalier/core";
import { nodeHost } from "@espalier/runtime-node";
import { tfliteFormat } from "@espalier/tflite";

/** What the receipt compares with. @param settings choices of the format */
export async function denseFile(
  { subject, plan, files, receipt }: TargetResult,
  settings: Readonly<Record<string, string>>,
): Promise<Uint8Array> {
  const stored = files.find(({ role }) => role === "plan-data")?.bytes ?? null;
  const kept = keptUnits(plan.steps, await openPlanData(plan, stored, nodeHost()));
  const { baselineBytes } = applyStructural(subject, kept, plan, receipt.plan?.sha256 ?? "");
  return denseExport(tfliteFormat, baselineBytes, { bindings: receipt.bindings, settings });
}
