// A Hugging Face folder by its listing alone: which networks lie in `onnx/`, which files go along unchanged, and
// which are left behind because they hold or describe the weights that are being replaced. Names of files that go
// along are ours: anything unknown is left behind and listed, never copied.

import { EspalierError, quoteName } from "@espalier/ir";
import { type ModelFileName, parseModelFileName } from "./dtypes.js";

/** A regular file of the folder. */
export interface FolderEntry {
  /** Relative to the folder, with "/". */
  readonly path: string;
  readonly bytes: number;
}

export interface FolderModel extends ModelFileName {
  readonly path: string;
  readonly bytes: number;
}

export interface FolderContents {
  /** The networks below `onnx/`. */
  readonly models: readonly FolderModel[];
  /** Files that go along byte for byte. */
  readonly companions: readonly FolderEntry[];
  /** Input cards beside the networks. */
  readonly cards: readonly string[];
  /** Everything else: weights in other formats, files nobody knows. */
  readonly leftBehind: readonly string[];
}

/** Upper bounds on what a folder may ask for. */
export interface FolderLimits {
  /** Files of the folder and of `onnx/` together. */
  readonly entries: number;
  /** Bytes of config.json, preprocessor_config.json and README.md, each. */
  readonly textBytes: number;
  /** Files that go along. */
  readonly companions: number;
  /** Bytes of all files that go along. */
  readonly companionBytes: number;
}

export const FOLDER_LIMITS: FolderLimits = {
  entries: 10_000,
  textBytes: 16 * 1024 * 1024,
  companions: 64,
  companionBytes: 512 * 1024 * 1024,
};

export const CONFIG = "config.json";
export const PREPROCESSOR = "preprocessor_config.json";
export const CARD = "README.md";

/** Tokenisers, processors and licences: what a loader reads beside config.json, and what must stay with a copy. */
const COMPANIONS: readonly RegExp[] = [
  /^tokenizer[\w.-]*\.(json|model)$/,
  /^(vocab|merges|added_tokens|special_tokens_map|normalizer)[\w.-]*\.(json|txt)$/,
  /^(preprocessor|processor|image_processor|video_preprocessor|feature_extractor|generation)_config\.json$/,
  /^chat_template\.(json|jinja)$/,
  /^(spiece|sentencepiece|sentencepiece\.bpe|source|target)\.(model|spm)$/,
  /^(LICEN[CS]E|NOTICE|COPYING|USE_POLICY)[\w.-]*$/,
];

/** Written anew. */
const REPLACED: readonly string[] = [CONFIG, CARD];

/**
 * What a folder holds, by its listing.
 *
 * @throws EspalierError `INVALID_FOLDER` without config.json or without a network in `onnx/`; `LIMIT_EXCEEDED`
 */
export function describeFolder(entries: readonly FolderEntry[]): FolderContents {
  enforce("entries", entries.length, "the folder");
  const models: FolderModel[] = [];
  const companions: FolderEntry[] = [];
  const cards: string[] = [];
  const leftBehind: string[] = [];
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const entry of sorted) {
    const inside = entry.path.startsWith("onnx/") ? entry.path.slice("onnx/".length) : null;
    const name = inside === null || inside.includes("/") ? null : parseModelFileName(inside);
    if (name !== null) models.push({ ...name, ...entry });
    else if (COMPANIONS.some((pattern) => pattern.test(entry.path))) companions.push(entry);
    else if (/^onnx\/[^/]+\.io\.json$/.test(entry.path)) cards.push(entry.path);
    else if (!REPLACED.includes(entry.path)) leftBehind.push(entry.path);
  }
  checkParts(sorted, models);
  enforce("companions", companions.length, "the folder");
  const companionBytes = companions.reduce((sum, { bytes }) => sum + bytes, 0);
  enforce("companionBytes", companionBytes, "the folder");
  return { models, companions, cards, leftBehind };
}

/** Which network is meant. */
export interface ModelChoice {
  /** Path within the folder, or the name below `onnx/`. */
  readonly file?: string;
  readonly dtype?: string;
  /** Path of the one to take when neither is given and the folder holds it. */
  readonly preferred?: string;
}

/**
 * The one network that is meant: the one that `choice` names, the preferred one, or the only one.
 *
 * @throws EspalierError `SEVERAL_MODELS` with the list; `INVALID_OPTION` when nothing fits
 */
export function chooseModel({ models }: FolderContents, choice: ModelChoice): FolderModel {
  const { file, dtype, preferred } = choice;
  const named = file !== undefined || dtype !== undefined;
  const known = named ? undefined : models.find(({ path }) => path === preferred);
  if (known !== undefined) return known;
  const fitting = models.filter(
    (model) =>
      (file === undefined || model.path === file || model.path === `onnx/${file}`) &&
      (dtype === undefined || model.dtype === dtype),
  );
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  const list = (fitting.length === 0 ? models : fitting)
    .slice(0, 30)
    .map(({ path, dtype }) => `${quoteName(path)} (${dtype})`)
    .join(", ");
  if (fitting.length === 0) {
    throw new EspalierError("INVALID_OPTION", "The folder holds no such ONNX file", {
      where: "onnx/",
      expected: list,
      found: [file, dtype]
        .filter((text) => text !== undefined)
        .map(quoteName)
        .join(", "),
    });
  }
  throw new EspalierError("SEVERAL_MODELS", "The folder holds several ONNX files", {
    where: "onnx/",
    expected: "one",
    found: list,
    unblock: "Say which: --file NAME or --dtype NAME, or name the .onnx file itself.",
  });
}

/**
 * Refuses a network that is one part of several: the others would be missing from the new folder.
 *
 * @throws EspalierError `MULTI_FILE_MODEL`
 */
export function requireWholeModel({ models }: FolderContents, { base, path }: FolderModel): void {
  if (base === "model") return;
  const parts = [...new Set(models.map((model) => model.base))].map(quoteName).join(", ");
  throw new EspalierError("MULTI_FILE_MODEL", "This network is one part of a model of several files", {
    where: quoteName(path),
    expected: "a model of one file, onnx/model*.onnx",
    found: parts,
    unblock:
      "Prune the part as a bare file (name the .onnx itself, or --layout flat) and put it back under its name: inputs and outputs stay as they are.",
  });
}

/** @throws EspalierError `LIMIT_EXCEEDED` */
export function enforceFolderLimit(limit: keyof FolderLimits, met: number, where: string): void {
  enforce(limit, met, where);
}

function enforce(limit: keyof FolderLimits, met: number, where: string): void {
  if (met <= FOLDER_LIMITS[limit]) return;
  throw new EspalierError("LIMIT_EXCEEDED", `The folder exceeds the limit "${limit}"`, {
    limit,
    where,
    expected: `at most ${FOLDER_LIMITS[limit]}`,
    found: String(met),
    unblock: "Name the .onnx file itself.",
  });
}

function checkParts(entries: readonly FolderEntry[], models: readonly FolderModel[]): void {
  if (!entries.some(({ path }) => path === CONFIG)) {
    throw new EspalierError("INVALID_FOLDER", "This is not a Hugging Face folder", {
      expected: `${CONFIG} and onnx/model.onnx`,
      found: `no ${CONFIG}`,
      unblock: "Name the .onnx file itself.",
    });
  }
  if (models.length > 0) return;
  const loose = entries.find(({ path }) => path.endsWith(".onnx"));
  throw new EspalierError("INVALID_FOLDER", "The Hugging Face folder holds no network", {
    expected: "onnx/model.onnx",
    found: loose === undefined ? "no .onnx file in onnx/" : quoteName(loose.path),
    unblock:
      loose === undefined
        ? "Export the model to ONNX first."
        : "Move it into onnx/, where transformers.js looks for it, or name the file itself.",
  });
}
