// Running text for language models: tiny shakespeare, or any text file, by characters or by a tokenizer of llama2.c.

import { EspalierError, quoteName } from "@espalier/ir";
import { readUtf8 } from "../formats/utf8.js";
import type { LabelledSet } from "../set/labelled-set.js";
import { characterTokenizer } from "../text/characters.js";
import { languageSet } from "../text/language-set.js";
import { readLlama2cTokenizer } from "../text/llama2c-tokenizer.js";
import type { Tokenizer } from "../text/tokenizer.js";
import type { DataPlace } from "./data-place.js";
import { readFromFolder, readPublished, type Wanted } from "./find-data.js";
import type { PublishedFile } from "./published-file.js";
import { readFileIfThere } from "./read-file.js";

const SHAKESPEARE: PublishedFile = {
  path: "text/tinyshakespeare/input.txt",
  urls: [
    "https://raw.githubusercontent.com/karpathy/char-rnn/6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/input.txt",
  ],
  bytes: 1_115_394,
  sha256: "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
};

const TOK512: PublishedFile = {
  path: "stories260k/tok512.bin",
  urls: [
    "https://raw.githubusercontent.com/DaveBben/esp32-llm/934dab4d242d259abd88678488ea3b62d4fca601/data/tok512.bin",
  ],
  bytes: 6227,
  sha256: "037cb335abb25d1fa9e8ecae30ed2a3a8ace9302862ebcdc05d51a6bbb10c312",
};

const MOST_TEXT = 256 * 1024 * 1024;

export interface LanguageLoadOptions extends DataPlace {
  /** A text file, UTF-8. @default tiny shakespeare */
  readonly text?: string;
  /** @default "characters": those of the text that is trained on */
  readonly tokenizer?: "characters" | "tok512" | Tokenizer;
  /** Tokens in a window. */
  readonly length: number;
  /** From one window to the next. @default length */
  readonly stride?: number;
  /** Share of the text, at its end, that is held out. @default 0.1 */
  readonly validation?: number;
}

export interface LoadedLanguage {
  readonly train: LabelledSet<"int64">;
  readonly validation: LabelledSet<"int64">;
  readonly tokenizer: Tokenizer;
}

/**
 * @throws EspalierError `INVALID_OPTION` for a share that holds out nothing or all, `NOT_FOUND`, `DATA_MISSING`, `ABORTED`,
 *   `INVALID_DATA` for a text too short; reading errors
 */
export async function loadLanguage(options: LanguageLoadOptions): Promise<LoadedLanguage> {
  const { length, stride = length, validation = 0.1, tokenizer: asked = "characters" } = options;
  if (!(validation > 0 && validation < 1))
    throw new EspalierError("INVALID_OPTION", "Such a part of a text cannot be held out", {
      where: "validation",
      expected: "a share between 0 and 1",
      found: String(validation),
    });
  const { name, text } = await textOf(options);
  const end = Math.round(text.length * (1 - validation));
  const parts = { train: text.slice(0, end), validation: text.slice(end) };
  const tokenizer = await tokenizerOf(asked, parts.train, options);
  const windows = (part: keyof typeof parts): LabelledSet<"int64"> =>
    languageSet({
      name: `${name} ${part}`,
      tokens: tokenizer.encode(parts[part]),
      tokenizer,
      length,
      stride,
    });
  return { train: windows("train"), validation: windows("validation"), tokenizer };
}

async function textOf(
  options: LanguageLoadOptions,
): Promise<{ readonly name: string; readonly text: string }> {
  const { text: path } = options;
  if (path === undefined)
    return { name: "tiny shakespeare", text: readUtf8(await found(options, SHAKESPEARE), SHAKESPEARE.path) };
  const bytes = await readFileIfThere(path, MOST_TEXT);
  if (bytes === null)
    throw new EspalierError("NOT_FOUND", "There is no such text", { where: quoteName(path) });
  return { name: path.split(/[\\/]/).at(-1) ?? path, text: readUtf8(bytes, path) };
}

async function tokenizerOf(
  asked: NonNullable<LanguageLoadOptions["tokenizer"]>,
  text: string,
  place: DataPlace,
): Promise<Tokenizer> {
  if (asked === "characters") return characterTokenizer(text);
  if (asked === "tok512") return readLlama2cTokenizer(await found(place, TOK512), TOK512.path);
  return asked;
}

async function found(place: DataPlace, file: PublishedFile): Promise<Uint8Array> {
  return (
    (await readFromFolder(place, [file.path], MOST_TEXT)) ??
    (await readPublished(place, file, wantedText(file.path)))
  );
}

function wantedText(path: string): Wanted {
  return { set: path, builtIn: "digits" };
}
