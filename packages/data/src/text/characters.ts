// Every character a token: the plainest tokenizer of language models.

import type { Tokenizer } from "./tokenizer.js";

const UNKNOWN = "\uFFFD";

/** The characters of `text` in the order of their code points, behind one that stands for every other. */
export function characterTokenizer(text: string): Tokenizer {
  const characters = new Set<string>();
  for (const character of text) characters.add(character);
  characters.delete(UNKNOWN);
  const sorted = [...characters].sort((a, b) => (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0));
  const tokens = [UNKNOWN, ...sorted];
  const ids = new Map(tokens.map((token, id) => [token, id]));
  return {
    tokens,
    encode: (given) => Int32Array.from(given[Symbol.iterator]() as Iterable<string>, (c) => ids.get(c) ?? 0),
    decode: (encoded) => Array.from(encoded, (id) => tokens[id] ?? UNKNOWN).join(""),
  };
}
