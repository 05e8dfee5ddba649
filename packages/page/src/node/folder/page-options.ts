// What programs that deploy a page have in common on the command line: its options, and what is read for it.

import type { TargetResult } from "@espalier/core";
import {
  type ArtefactFlags,
  addArtefactOption,
  addChoiceOptions,
  type ChoiceFlags,
  collect,
  modelChoice,
  readArtefact,
  userPath,
} from "@espalier/deploy";
import { DTYPE_SUFFIXES } from "@espalier/interchange";
import { checkFolderTarget, nodeHost, openModelFolder } from "@espalier/runtime-node";
import { type Command, Option } from "commander";
import { writtenCard } from "./find-card.js";
import { readSamples, type SampleImage } from "./sample-images.js";
import { readSource, type Source } from "./source.js";

export interface PageFlags extends ChoiceFlags, ArtefactFlags {
  readonly out: string;
  readonly preprocess?: string;
  /** Earlier name of `--preprocess`. */
  readonly inputCard?: string;
  readonly sample?: readonly string[];
  readonly force?: true;
  readonly measure: boolean;
  readonly browser: boolean;
}

/** @param without what proves where there is no browser */
export function addPageOptions(command: Command, without: string): Command {
  return addArtefactOption(addChoiceOptions(command, Object.keys(DTYPE_SUFFIXES)))
    .argument("<model>", "an ONNX file or a Hugging Face folder")
    .requiredOption("--out <dir>", "folder to write, whole or not at all")
    .option(
      "--preprocess <card.json>",
      "input card of the model; default: <model>.io.json, or what its folder says",
    )
    .addOption(new Option("--input-card <card.json>", "as --preprocess").hideHelp())
    .option("--sample <image>", "an image to try on the page (repeatable)", collect)
    .option("--force", "replace a folder that Espalier did not write")
    .option("--no-measure", "leave latency and memory out")
    .option("--no-browser", `prove with ${without}, where there is no Chromium; measures nothing`);
}

/** Those of them that have a meaning beside `--from`. */
export const PAGE_OPTIONS: readonly string[] = [
  "file",
  "dtype",
  "preprocess",
  "inputCard",
  "sample",
  "browser",
];

export interface PageInputs {
  readonly folder: string;
  /** How the folder is written. */
  readonly target: { readonly force: boolean; readonly inputs: readonly string[] };
  readonly source: Source;
  /** The card that somebody wrote; null where nobody did. */
  readonly written: Uint8Array | null;
  /** What was pruned already; null where it is to be pruned. */
  readonly pruned: TargetResult | null;
  readonly samples: readonly SampleImage[];
}

/**
 * Reads all that the flags name, after it was made sure that the folder may be written.
 *
 * @param forTarget  that what `--from` names has to be pruned for
 * @throws EspalierError
 */
export async function readPageInputs(
  path: string,
  { out, force, from: named, inputCard, preprocess: card = inputCard, sample = [], ...choice }: PageFlags,
  forTarget: string,
  signal: AbortSignal,
): Promise<PageInputs> {
  const folder = userPath(out);
  const from = named === undefined ? null : userPath(named);
  const target = { force: force ?? false, inputs: from === null ? [path] : [path, from] };
  checkFolderTarget(folder, [], target);
  const source = await readSource(path, modelChoice(choice), signal);
  const written = await writtenCard(source, card === undefined ? null : userPath(card));
  const samples = await readSamples(sample.map(userPath));
  if (from === null) return { folder, target, source, written, samples, pruned: null };
  const artefact = await readArtefact(openModelFolder(from), { target: forTarget, ...source }, nodeHost());
  return { folder, target, source, written: written ?? artefact.card, samples, pruned: artefact.result };
}
