// The input card that goes along with a model: the one the user gives, the one beside the model, or the one that the
// settings of its Hugging Face folder imply.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  cardFromPreprocessor,
  type DerivedCard,
  FOLDER_LIMITS,
  type InputCard,
  inputCardBytes,
  inputCardPath,
  labelsOf,
  PREPROCESSOR,
  readInputCard,
} from "@espalier/interchange";
import type { Model } from "@espalier/ir";
import type { Engine } from "../engine.js";
import type { LayoutFlags } from "../options/folder.js";
import { userPath } from "../options/values.js";
import type { Source } from "../source.js";

/**
 * The card that was written by somebody, byte for byte, and checked; null where there is none.
 *
 * @throws EspalierError `INVALID_CARD`; reading errors
 */
export async function writtenCard(
  engine: Engine,
  source: Source,
  { preprocess }: LayoutFlags,
): Promise<Uint8Array | null> {
  const bytes =
    preprocess === undefined ? await cardBeside(engine, source) : await givenCard(engine, preprocess);
  if (bytes !== null) readInputCard(bytes);
  return bytes;
}

function givenCard(engine: Engine, path: string): Promise<Uint8Array> {
  return engine.readModelFile(userPath(path));
}

async function cardBeside(engine: Engine, { path, name, folder }: Source): Promise<Uint8Array | null> {
  if (folder !== null) {
    const card = inputCardPath(name);
    return folder.contents.cards.includes(card) ? folder.read(card, FOLDER_LIMITS.textBytes) : null;
  }
  const card = join(dirname(path), inputCardPath(name));
  return existsSync(card) ? engine.readModelFile(card) : null;
}

/** The card that preprocessor_config.json and config.json imply, or why there is none; null for a bare file. */
export function impliedCard({ folder }: Source, model: Model): DerivedCard | null {
  if (folder === null) return null;
  if (!folder.contents.companions.some(({ path }) => path === PREPROCESSOR))
    return { card: null, reason: `there is no ${PREPROCESSOR}` };
  return cardFromPreprocessor(folder.read(PREPROCESSOR, FOLDER_LIMITS.textBytes), folder.config, model);
}

/** The bytes of the card that goes along with a network: the written one, else the one that its folder implies. */
export function cardAlong(source: Source, model: Model, written: Uint8Array | null): Uint8Array | null {
  if (written !== null) return written;
  const implied = impliedCard(source, model)?.card ?? null;
  return implied === null ? null : inputCardBytes(implied);
}

/** Names of the classes, by the card or by config.json; null where neither says them. */
export function classNamesOf({ folder }: Source, card: InputCard | null): readonly string[] | null {
  return card?.labels ?? (folder === null ? null : labelsOf(folder.config));
}
