// What `inspect` says about a Hugging Face folder: the networks in it, the file that transformers.js opens on its own,
// what a pruned copy takes along, and the input card that the settings imply.

import { defaultFiles, type InputCard, loaderSettings } from "@espalier/interchange";
import type { Model } from "@espalier/ir";
import { printable } from "../output/table.js";
import type { Source } from "../source.js";
import { impliedCard } from "./input-card-file.js";

export interface FolderSummary {
  readonly file: string;
  readonly dtype: string;
  readonly modelType: string | null;
  readonly models: readonly { readonly path: string; readonly dtype: string; readonly bytes: number }[];
  /** What transformers.js opens when it is given no option, in a page (wasm) and under Node (cpu). */
  readonly opened: readonly { readonly device: string; readonly path: string; readonly isThere: boolean }[];
  readonly copied: readonly string[];
  readonly leftBehind: readonly string[];
  readonly card: InputCard | null;
  /** Why there is no card. */
  readonly noCard: string | null;
}

/** null for a bare file. */
export function summarizeFolder(source: Source, model: Model): FolderSummary | null {
  const { folder } = source;
  if (folder === null) return null;
  const { contents, config } = folder;
  const paths = contents.models.map(({ path }) => path);
  const implied = impliedCard(source, model);
  return {
    file: folder.model.path,
    dtype: folder.model.dtype,
    modelType: typeof config.model_type === "string" ? config.model_type : null,
    models: contents.models.map(({ path, dtype, bytes }) => ({ path, dtype, bytes })),
    opened: [...defaultFiles(loaderSettings(config), folder.model.base)].map(([device, name]) => ({
      device,
      path: `onnx/${name}`,
      isThere: paths.includes(`onnx/${name}`),
    })),
    copied: contents.companions.map(({ path }) => path),
    leftBehind: contents.leftBehind,
    card: implied?.card ?? null,
    noCard: implied?.card === null ? implied.reason : null,
  };
}

export function folderText(summary: FolderSummary): string {
  const list = (names: readonly string[]): string => names.map(printable).join(", ") || "nothing";
  const opened = summary.opened.map(
    ({ device, path, isThere }) => `${printable(device)} ${printable(path)}${isThere ? "" : " (missing)"}`,
  );
  return [
    `  folder      Hugging Face, model_type ${summary.modelType === null ? "not given" : printable(summary.modelType)}`,
    `  networks    ${summary.models.map(({ path, dtype }) => `${printable(path)} (${dtype})`).join(", ")}`,
    `  opened by   transformers.js with no option: ${opened.join(", ")}`,
    `  goes along  ${list(summary.copied)}`,
    `  left behind ${list(summary.leftBehind)}`,
    `  input card  ${cardText(summary)}`,
  ].join("\n");
}

function cardText({ card, noCard }: FolderSummary): string {
  if (card === null) return `none: ${printable(noCard ?? "")}`;
  const labels = card.labels === undefined ? "" : `, ${card.labels.length} labels`;
  const inputs = card.inputs.map(({ name, layout, channels, resize, crop }) => {
    if (layout === undefined) return printable(name);
    const side = resize && "shortSide" in resize ? `short side ${resize.shortSide}` : null;
    const box = resize && "width" in resize ? `${resize.width} × ${resize.height}` : null;
    const cut = crop ? `centre ${crop.width} × ${crop.height}` : null;
    return [printable(name), layout, channels, side, box, cut].filter((part) => part !== null).join(" ");
  });
  return `${inputs.join("; ")}${labels}`;
}
