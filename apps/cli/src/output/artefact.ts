// The output folder of prune and apply: model, plan, receipt, reports, written whole or not at all.

import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Receipt } from "@espalier/core";
import type { CpuResult } from "@espalier/cpu";
import { artefactFiles } from "@espalier/report";
import type { Engine } from "../engine.js";
import type { ReportFormat } from "../options/output.js";

/** Every name that an output folder may hold. */
export const ARTEFACT_FILES: readonly string[] = [
  "model.onnx",
  "plan.json",
  "cost-table.json",
  "receipt.json",
  "report.html",
  "report.md",
  "model.io.json",
];

export interface WrittenArtefact {
  readonly receipt: Receipt;
  /** Absolute paths. */
  readonly folder: string;
  readonly report: string | null;
}

export async function writeArtefact(
  engine: Engine,
  result: CpuResult,
  target: {
    readonly folder: string;
    readonly source: string;
    readonly force: boolean;
    readonly reports: readonly ReportFormat[];
    readonly signal: AbortSignal;
  },
): Promise<WrittenArtefact> {
  const card = join(dirname(target.source), `${basename(target.source, ".onnx")}.io.json`);
  const extra = existsSync(card)
    ? [{ path: "model.io.json", role: "input card", bytes: await engine.readModelFile(card) }]
    : [];
  const { files, receipt } = await artefactFiles(result, engine.host, { reports: target.reports, extra });
  await engine.writeFolderAtomically(
    target.folder,
    files.map(({ path, bytes }) => ({ path, chunks: [bytes] })),
    { force: target.force, inputs: [target.source], signal: target.signal },
  );
  return {
    receipt,
    folder: target.folder,
    report: target.reports.includes("html") ? join(target.folder, "report.html") : null,
  };
}
