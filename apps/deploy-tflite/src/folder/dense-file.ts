// dense.tflite: the network with nothing removed.

import { applyStructural, isUnavailable, keptUnits, openPlanData, type TargetResult } from "@espalier/core";
import { readModel } from "@espalier/ir";
import { nodeHost } from "@espalier/runtime-node";
import { tflite } from "@espalier/tflite";

/** As the receipt compares with it: int8 is no part of that. @param settings choices of the format */
export async function denseFile(
  { subject, plan, files, receipt }: TargetResult,
  settings: Readonly<Record<string, string>>,
): Promise<Uint8Array> {
  const data = await openPlanData(
    plan,
    files.find(({ role }) => role === "plan-data")?.bytes ?? null,
    nodeHost(),
  );
  const kept = keptUnits(plan.steps, data);
  const { baselineBytes } = applyStructural(subject, kept, plan, receipt.plan?.sha256 ?? "");
  const exported = await tflite.exportModel(readModel(baselineBytes), {
    bindings: receipt.bindings,
    // Zeros of the source are weights like others here.
    settings: { ...settings, sparse: "none" },
  });
  const [file] = isUnavailable(exported) ? [] : exported;
  if (file === undefined)
    throw new Error("the dense network was exported when it was planned, and is not now");
  return file.bytes;
}
