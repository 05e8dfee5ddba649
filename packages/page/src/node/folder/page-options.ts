// What programs that deploy a page have in common on the command line: its options, and what is read for it.

import { addChoiceOptions, type ChoiceFlags, collect, modelChoice, userPath } from "@espalier/deploy";
import { DTYPE_SUFFIXES } from "@espalier/interchange";
import { checkFolderTarget } from "@espalier/runtime-node";
import { type Command, Option } from "commander";
import { writtenCard } from "./find-card.js";
import { readSamples, type SampleImage } from "./sample-images.js";
import { readSource, type Source } from "./source.js";

export interface PageFlags extends ChoiceFlags {
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
  return addChoiceOptions(command, Object.keys(DTYPE_SUFFIXES))
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

export interface PageInputs {
  readonly folder: string;
  /** How the folder is written. */
  readonly target: { readonly force: boolean; readonly inputs: readonly string[] };
  readonly source: Source;
  /** The card that somebody wrote; null where nobody did. */
  readonly written: Uint8Array | null;
  readonly samples: readonly SampleImage[];
}

/** Reads all that the flags name, after it was made sure that the folder may be written. @throws EspalierError */
export async function readPageInputs(
  path: string,
  { out, force, inputCard, preprocess: named = inputCard, sample = [], ...choice }: PageFlags,
  signal: AbortSignal,
): Promise<PageInputs> {
  const folder = userPath(out);
  const target = { force: force ?? false, inputs: [path] };
  checkFolderTarget(folder, [], target);
  const source = await readSource(path, modelChoice(choice), signal);
  const written = await writtenCard(source, named === undefined ? null : userPath(named));
  return { folder, target, source, written, samples: await readSamples(sample.map(userPath)) };
}
