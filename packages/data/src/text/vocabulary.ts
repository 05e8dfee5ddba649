// A vocabulary of words, made from the training texts alone: the most frequent ones, ties in the order of their
// characters, so the same texts give the same numbers everywhere.

import { EspalierError } from "@espalier/ir";
import type { Tokenizer } from "./tokenizer.js";

/** Fills the places behind a short text. */
export const PADDING = 0;
/** Stands for every word that the vocabulary lacks. */
export const UNKNOWN = 1;

const SPECIAL: readonly string[] = ["<pad>", "<unk>"];
const SMALLEST = SPECIAL.length + 1;

export interface VocabularyOptions {
  /** Most tokens, padding and unknown included. */
  readonly size: number;
  /** Rarer words are unknown, so that training meets that token too. @default 2 */
  readonly least?: number;
}

/** @throws EspalierError `INVALID_OPTION` for sizes that make no sense */
export function buildVocabulary(texts: Iterable<string>, { size, least = 2 }: VocabularyOptions): Tokenizer {
  if (!Number.isSafeInteger(size) || size < SMALLEST || !Number.isSafeInteger(least) || least < 1)
    throw new EspalierError("INVALID_OPTION", "A vocabulary cannot have this size", {
      where: "vocabulary",
      expected: `${SMALLEST} tokens or more, of words that occur at least once`,
      found: `${size} tokens, ${least} times`,
    });
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts]
    .filter(([, count]) => count >= least)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, size - SPECIAL.length)
    .map(([word]) => word);
  return wordTokenizer([...SPECIAL, ...words]);
}

/** The tokenizer of a vocabulary that was kept: its tokens, padding and unknown first. */
export function wordTokenizer(tokens: readonly string[]): Tokenizer {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  if (ids.size !== tokens.length || SPECIAL.some((token, id) => tokens[id] !== token))
    throw new EspalierError("INVALID_DATA", "This is no vocabulary", {
      where: "vocabulary",
      expected: `different tokens that begin with ${SPECIAL.join(", ")}`,
      found: `${tokens.slice(0, SPECIAL.length).join(", ")}; ${tokens.length - ids.size} twice`,
    });
  return {
    tokens,
    encode: (text) => Int32Array.from(wordsOf(text), (word) => ids.get(word) ?? UNKNOWN),
    decode: (encoded) => Array.from(encoded, (id) => tokens[id] ?? "<unk>").join(" "),
  };
}

/** Small letters; runs of letters and digits, with apostrophes inside, and every other sign alone. */
export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+(?:'[\p{L}\p{M}\p{N}]+)*|[^\s\p{L}\p{M}\p{N}]/gu) ?? [];
}
