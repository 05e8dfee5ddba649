// The output folder of prune and apply: model, plan, receipt, reports, written whole or not at all.

import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { REPORT_ROLE, type Receipt, receiptText, sealReceipt } from "@espalier/core";
import type { CpuResult } from "@espalier/cpu";
import { renderMarkdown, renderReport, reportGraph } from "@espalier/report";
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
  const { host, readModelFile, writeFolderAtomically } = engine;
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const files = result.files.map(({ path, bytes }) => ({ path, chunks: [bytes] }));
  const card = join(dirname(target.source), `${basename(target.source, ".onnx")}.io.json`);
  const listed = [...result.receipt.files];
  if (existsSync(card)) {
    const bytes = await readModelFile(card);
    files.push({ path: "model.io.json", chunks: [bytes] });
    listed.push({
      path: "model.io.json",
      sha256: await host.sha256(bytes),
      bytes: bytes.byteLength,
      role: "input card",
    });
  }
  const sealed = await sealReceipt({ ...result.receipt, files: listed }, host);
  const reports: { path: string; bytes: Uint8Array }[] = [];
  if (target.reports.includes("html")) {
    const { groups } = result.subject.analysis;
    const graph = reportGraph(result.source, result.pruned, { receipt: sealed, groups });
    reports.push({
      path: "report.html",
      bytes: encode(renderReport({ receipt: sealed, plan: result.plan, graph, ...shownSeal(sealed) })),
    });
  }
  if (target.reports.includes("md"))
    reports.push({ path: "report.md", bytes: encode(renderMarkdown(sealed)) });
  const rows = [...sealed.files];
  for (const { path, bytes } of reports) {
    files.push({ path, chunks: [bytes] });
    rows.push({ path, sha256: await host.sha256(bytes), bytes: bytes.byteLength, role: REPORT_ROLE });
  }
  const final: Receipt = { ...sealed, files: rows };
  files.push({ path: "receipt.json", chunks: [encode(receiptText(final))] });
  await writeFolderAtomically(target.folder, files, {
    force: target.force,
    inputs: [target.source],
    signal: target.signal,
  });
  return {
    receipt: final,
    folder: target.folder,
    report: target.reports.includes("html") ? join(target.folder, "report.html") : null,
  };
}

/** The page shows the seal: by it, page and receipt can be matched. */
function shownSeal({ seal }: Receipt): { readonly receiptSha256?: string } {
  return seal === undefined ? {} : { receiptSha256: seal };
}
