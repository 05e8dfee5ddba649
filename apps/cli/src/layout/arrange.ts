// How the files of a result are laid out: flat (model.onnx beside plan and receipt), or as the Hugging Face folder
// that the source was.

import { isTraining, type Receipt, type TargetResult } from "@espalier/core";
import {
  FOLDER_LIMITS,
  inputCardPath,
  prunedFolderFiles,
  requireSameInterface,
  requireWholeModel,
} from "@espalier/interchange";
import { EspalierError } from "@espalier/ir";
import type { NamedFile } from "@espalier/report";
import type { LayoutFlags } from "../options/folder.js";
import { printable } from "../output/table.js";
import type { Source } from "../source.js";
import { cardAlong } from "./input-card-file.js";
import type { SourceFolder } from "./source-folder.js";

/** What is laid out, and how. */
export interface Arrangement {
  readonly source: Source;
  readonly flags: LayoutFlags;
  /** The input card that somebody wrote; null where there is none. */
  readonly card: Uint8Array | null;
  /** What training adds. */
  readonly beside: readonly NamedFile[];
}

/**
 * Refuses, before minutes of work, a layout that cannot be written.
 *
 * @throws EspalierError `INVALID_OPTION`, `MULTI_FILE_MODEL`, `INVALID_CONFIG`; reading errors
 */
export async function checkLayout({ folder }: Source, flags: LayoutFlags): Promise<void> {
  if (folder !== null) {
    if (flags.layout === "flat") return;
    requireWholeModel(folder.contents, folder.model);
    await around(folder, "", flags, null); // a rehearsal: everything that goes along can be read
  } else if (flags.layout === "hf") {
    throw new EspalierError("INVALID_OPTION", "A Hugging Face folder is only written from one", {
      where: "--layout",
      expected: "a folder with config.json and onnx/model.onnx",
      found: "an ONNX file",
    });
  }
}

/** The Hugging Face folder that is written as one; null for a flat output. */
function folderOf(
  { source, flags }: Pick<Arrangement, "source" | "flags">,
  { artefact }: Receipt,
): SourceFolder | null {
  return flags.layout === "flat" || artefact === null ? null : source.folder;
}

/** What the user is told of a Hugging Face folder; nothing about a flat output. */
export function layoutLines(arrangement: Pick<Arrangement, "source" | "flags">, receipt: Receipt): string[] {
  const folder = folderOf(arrangement, receipt);
  if (folder === null) return [];
  const { model, contents } = folder;
  const left = contents.leftBehind;
  const others = contents.models.filter(({ path }) => path !== model.path).map(({ path }) => path);
  const all = [...others, ...left];
  return [
    `Hugging Face folder: ${printable(model.path)} (${model.dtype}), found by transformers.js with no option`,
    ...(all.length === 0 ? [] : [`left behind: ${printable(all.join(", "))}`]),
  ];
}

/**
 * The result with the model in its place, and the files that go beside it.
 *
 * @throws EspalierError `INTERFACE_CHANGED`, `INVALID_CONFIG`; reading errors
 */
export async function arrange(
  result: TargetResult,
  arrangement: Arrangement,
): Promise<{ readonly result: TargetResult; readonly extra: readonly NamedFile[] }> {
  const { artefact } = result.receipt;
  const folder = folderOf(arrangement, result.receipt);
  const modelPath = folder === null ? (artefact?.path ?? "model.onnx") : folder.model.path;
  const placed = <T extends { readonly path: string; readonly role: string }>(file: T): T =>
    file.role === "model" ? { ...file, path: modelPath } : file;
  const receipt: Receipt = {
    ...result.receipt,
    artefact: artefact === null ? null : { ...artefact, path: modelPath },
    files: result.receipt.files.map(placed),
  };
  const extra: NamedFile[] = artefact === null ? [] : [...arrangement.beside];
  const card = cardAlong(arrangement.source, result.source, arrangement.card);
  if (card !== null) extra.push({ path: inputCardPath(modelPath), role: "input card", bytes: card });
  if (folder !== null) {
    if (result.pruned !== null) requireSameInterface(result.source, result.pruned);
    const { renderMarkdown } = await import("@espalier/report");
    extra.push(...(await around(folder, renderMarkdown(receipt), arrangement.flags, receipt)));
  }
  return { result: { ...result, receipt, files: result.files.map(placed) }, extra };
}

/** What surrounds the network. */
function around(
  folder: SourceFolder,
  figures: string,
  { baseModel }: LayoutFlags,
  receipt: Receipt | null,
): Promise<readonly NamedFile[]> {
  return prunedFolderFiles({
    model: folder.model,
    config: folder.configBytes,
    card: folder.card,
    companions: folder.contents.companions.map(({ path }) => ({
      path,
      bytes: folder.read(path, FOLDER_LIMITS.companionBytes),
    })),
    figures,
    after: {
      recovered: (receipt?.recovery.length ?? 0) > 0,
      accuracyMeasured: receipt?.drop?.measure === "accuracy",
      trained: receipt?.recovery.some(isTraining) ?? false,
    },
    ...(baseModel === undefined ? {} : { baseModel }),
  });
}
