// The files of an output folder: the target's own, the reports, and the receipt, sealed, that lists them all.
// Bytes in, bytes out; whoever has a disk writes them.

import {
  type CostTable,
  type CoupledGroup,
  type Host,
  type PruningPlan,
  REPORT_ROLE,
  type Receipt,
  receiptText,
  sealReceipt,
} from "@espalier/core";
import type { Model } from "@espalier/ir";
import { reportGraph } from "../graph/make-report-graph.js";
import { renderMarkdown } from "../markdown.js";
import { renderReport } from "../report.js";

export interface NamedFile {
  readonly path: string;
  readonly role: string;
  readonly bytes: Uint8Array;
}

/** What a target's run gave. */
export interface ArtefactSource {
  /** Model and plan, which the receipt lists already. */
  readonly files: readonly NamedFile[];
  readonly plan: PruningPlan;
  readonly receipt: Receipt;
  readonly source: Model;
  readonly pruned: Model | null;
  readonly costTable?: CostTable | null;
  readonly subject: { readonly analysis: { readonly groups: readonly CoupledGroup[] } };
}

export interface ArtefactOptions {
  readonly reports: readonly ("html" | "md" | "json")[];
  /** Files beside the target's own, which the receipt is to list: an input card, say. */
  readonly extra?: readonly NamedFile[];
}

export interface Artefact {
  /** Everything, `receipt.json` last. */
  readonly files: readonly NamedFile[];
  /** As written. */
  readonly receipt: Receipt;
}

/** Lists, seals, renders. */
export async function artefactFiles(
  result: ArtefactSource,
  host: Pick<Host, "sha256">,
  { reports, extra = [] }: ArtefactOptions,
): Promise<Artefact> {
  const row = async ({ path, role, bytes }: NamedFile): Promise<Receipt["files"][number]> => ({
    path,
    sha256: await host.sha256(bytes),
    bytes: bytes.byteLength,
    role,
  });
  const listed = [...result.receipt.files, ...(await Promise.all(extra.map(row)))];
  const sealed = await sealReceipt({ ...result.receipt, files: listed }, host);
  const rendered = renderReports(result, sealed, reports);
  const receipt: Receipt = {
    ...sealed,
    files: [...sealed.files, ...(await Promise.all(rendered.map(row)))],
  };
  const last: NamedFile = { path: "receipt.json", role: "receipt", bytes: encode(receiptText(receipt)) };
  return { files: [...result.files, ...extra, ...rendered, last], receipt };
}

function renderReports(
  { source, pruned, plan, subject, costTable = null }: ArtefactSource,
  receipt: Receipt,
  reports: ArtefactOptions["reports"],
): NamedFile[] {
  const files: NamedFile[] = [];
  if (reports.includes("html")) {
    const graph = reportGraph(source, pruned, { receipt, groups: subject.analysis.groups });
    const page = renderReport({ receipt, plan, graph, costTable });
    files.push({ path: "report.html", role: REPORT_ROLE, bytes: encode(page) });
  }
  if (reports.includes("md"))
    files.push({ path: "report.md", role: REPORT_ROLE, bytes: encode(renderMarkdown(receipt)) });
  return files;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
