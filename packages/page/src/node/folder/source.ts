// The network to deploy: an ONNX file, or the one in a Hugging Face folder, with the files that hold its weights and
// what is known of its inputs.

import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { asInputError } from "@espalier/deploy";
import {
  CONFIG,
  cardFromPreprocessor,
  chooseModel,
  type DerivedCard,
  describeFolder,
  FOLDER_LIMITS,
  inputCardPath,
  type ModelChoice,
  PREPROCESSOR,
  readConfig,
} from "@espalier/interchange";
import { type ExternalData, type Model, NODE_LIMITS } from "@espalier/ir";
import { externalDataIn, openModelFolder, readModelFile } from "@espalier/runtime-node";

export interface Source {
  /** As the user named it: a file or a folder. */
  readonly named: string;
  /** What plans and receipts call it. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly external: ExternalData;
  /** The card beside it, as bytes; null where there is none. */
  readonly card: Uint8Array | null;
  /** The card that the settings of its folder imply, or why there is none; null for a bare file. */
  impliedCard(model: Model): DerivedCard | null;
}

/**
 * @param choice which network of a folder is meant, where it holds several
 * @throws EspalierError reading errors; `INVALID_FOLDER`, `SEVERAL_MODELS`, `INVALID_CONFIG`
 */
export async function readSource(path: string, choice: ModelChoice, signal: AbortSignal): Promise<Source> {
  try {
    return openFolderSource(path, choice) ?? (await openFileSource(path, signal));
  } catch (error) {
    throw asInputError(error);
  }
}

async function openFileSource(path: string, signal: AbortSignal): Promise<Source> {
  const beside = join(dirname(path), inputCardPath(basename(path)));
  return {
    named: path,
    name: basename(path),
    title: basename(path),
    bytes: await readModelFile(path, undefined, signal),
    external: externalDataIn(dirname(path)),
    card: existsSync(beside) ? await readModelFile(beside) : null,
    impliedCard: () => null,
  };
}

function openFolderSource(path: string, choice: ModelChoice): Source | null {
  const folder = openModelFolder(path);
  if (folder === null) return null;
  const contents = describeFolder(folder.list(FOLDER_LIMITS.entries));
  const config = readConfig(folder.read(CONFIG, FOLDER_LIMITS.textBytes));
  const { path: name } = chooseModel(contents, choice);
  const beside = inputCardPath(name);
  return {
    named: path,
    name,
    title: basename(path),
    bytes: folder.read(name, NODE_LIMITS.fileBytes),
    external: externalDataIn(dirname(join(path, name))),
    card: contents.cards.includes(beside) ? folder.read(beside, FOLDER_LIMITS.textBytes) : null,
    impliedCard: (model) => {
      if (!contents.companions.some((one) => one.path === PREPROCESSOR))
        return { card: null, reason: `there is no ${PREPROCESSOR}` };
      return cardFromPreprocessor(folder.read(PREPROCESSOR, FOLDER_LIMITS.textBytes), config, model);
    },
  };
}
