// The files of a Hugging Face folder around a pruned network, as bytes: what goes along unchanged, config.json with
// the loader's settings, and the model card. The network itself, plan and receipt are the caller's.

import type { Json } from "@espalier/core";
import { type Config, configFor, readConfig } from "./config.js";
import { CARD, CONFIG, type FolderModel } from "./folder.js";
import { type AfterRemoval, modelCard } from "./model-card.js";

export interface PrunedFolderInput {
  /** The network that was pruned: its name is kept. */
  readonly model: FolderModel;
  readonly config: Uint8Array;
  /** README.md of the source; null where it has none. */
  readonly card: Uint8Array | null;
  readonly companions: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  /** The measured figures, as Markdown. */
  readonly figures: string;
  /** What was done after the removal, for the model card. */
  readonly after?: AfterRemoval;
  readonly baseModel?: string;
}

export interface FolderFile {
  /** Relative to the folder, with "/". */
  readonly path: string;
  /** What a receipt calls it. */
  readonly role: "config" | "model card" | "copied";
  readonly bytes: Uint8Array;
}

/** @throws EspalierError `INVALID_CONFIG` */
export async function prunedFolderFiles(input: PrunedFolderInput): Promise<FolderFile[]> {
  const { base, dtype, path } = input.model;
  const config: Config = readConfig(input.config);
  const card = await modelCard({
    source: input.card === null ? null : new TextDecoder().decode(input.card),
    model: path,
    figures: input.figures,
    ...(input.after === undefined ? {} : { after: input.after }),
    ...textField("nameOrPath", config._name_or_path),
    ...(input.baseModel === undefined ? {} : { baseModel: input.baseModel }),
  });
  return [
    { path: CONFIG, role: "config", bytes: configFor(input.config, base, dtype) },
    ...input.companions.map(({ path, bytes }): FolderFile => ({ path, role: "copied", bytes })),
    { path: CARD, role: "model card", bytes: new TextEncoder().encode(card) },
  ];
}

function textField<K extends string>(key: K, value: Json | undefined): { readonly [key in K]?: string } {
  return typeof value === "string" ? ({ [key]: value } as { readonly [key in K]?: string }) : {};
}
