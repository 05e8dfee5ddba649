// A Hugging Face folder named on the command line: what lies in it, and the one network that is meant.

import {
  CARD,
  CONFIG,
  type Config,
  chooseModel,
  describeFolder,
  FOLDER_LIMITS,
  type FolderContents,
  type FolderModel,
  type ModelChoice,
  readConfig,
} from "@espalier/interchange";
import type { Engine } from "../engine.js";

export interface SourceFolder {
  /** Absolute. */
  readonly path: string;
  readonly contents: FolderContents;
  readonly model: FolderModel;
  readonly configBytes: Uint8Array;
  readonly config: Config;
  /** README.md. */
  readonly card: Uint8Array | null;
  /** @throws EspalierError `NOT_FOUND`, `EXTERNAL_LINK`, `LIMIT_EXCEEDED`, `IO` */
  read(path: string, mostBytes: number): Uint8Array;
}

/**
 * The folder at `path`; null when there is none there.
 *
 * @throws EspalierError `INVALID_FOLDER`, `INVALID_CONFIG`, `SEVERAL_MODELS`, `INVALID_OPTION`, `EXTERNAL_LINK`,
 * `LIMIT_EXCEEDED`, `IO`
 */
export function openSourceFolder(
  engine: Pick<Engine, "openModelFolder">,
  path: string,
  choice: ModelChoice,
): SourceFolder | null {
  const folder = engine.openModelFolder(path);
  if (folder === null) return null;
  const entries = folder.list(FOLDER_LIMITS.entries);
  const contents = describeFolder(entries);
  const configBytes = folder.read(CONFIG, FOLDER_LIMITS.textBytes);
  return {
    path,
    contents,
    model: chooseModel(contents, choice),
    configBytes,
    config: readConfig(configBytes),
    card: entries.some((entry) => entry.path === CARD) ? folder.read(CARD, FOLDER_LIMITS.textBytes) : null,
    read: folder.read,
  };
}
