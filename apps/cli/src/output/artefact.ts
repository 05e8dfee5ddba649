// The output folder of prune and apply: model, plan, receipt, reports, written whole or not at all.

import { join } from "node:path";
import type { Receipt, TargetResult } from "@espalier/core";
import type { Engine } from "../engine.js";
import { type Arrangement, arrange } from "../layout/arrange.js";
import type { ReportFormat } from "../options/output.js";
import { userPath } from "../options/values.js";
import { VOCABULARY } from "../training/vocabulary-file.js";

/** Every name that an output folder may hold. */
export const ARTEFACT_FILES: readonly string[] = [
  "model.onnx",
  "model.tflite",
  "pruned.onnx",
  "plan.json",
  "plan.bin",
  "cost-table.json",
  "receipt.json",
  "report.html",
  "report.md",
  "model.io.json",
  VOCABULARY,
];

export interface WrittenArtefact {
  readonly receipt: Receipt;
  /** Absolute paths. */
  readonly folder: string;
  readonly report: string | null;
}

export async function writeArtefact(
  engine: Engine,
  result: TargetResult,
  target: {
    readonly folder: string;
    readonly arrangement: Arrangement;
    readonly force: boolean;
    readonly reports: readonly ReportFormat[];
    readonly signal: AbortSignal;
  },
): Promise<WrittenArtefact> {
  const arranged = await arrange(result, target.arrangement);
  const { artefactFiles } = await import("@espalier/report");
  const { files, receipt } = await artefactFiles(arranged.result, engine.host, {
    reports: target.reports,
    extra: arranged.extra,
  });
  await engine.writeFolderAtomically(
    target.folder,
    files.map(({ path, bytes }) => ({ path, chunks: [bytes] })),
    { force: target.force, inputs: inputsOf(target.arrangement), signal: target.signal },
  );
  return {
    receipt,
    folder: target.folder,
    report: target.reports.includes("html") ? join(target.folder, "report.html") : null,
  };
}

/** What is being read, and so never replaced. */
function inputsOf({ source, flags }: Arrangement): string[] {
  const card = flags.preprocess === undefined ? [] : [userPath(flags.preprocess)];
  return [source.folder?.path ?? source.path, ...card];
}
