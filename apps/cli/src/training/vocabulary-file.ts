// vocabulary.txt: the tokens that a network of texts was fed, one a line in the order of their ids, so that it can be used
// without the data set. Tokens hold no line breaks (`wordsOf` of @espalier/data).

import type { Tokenizer } from "@espalier/data";
import type { NamedFile } from "@espalier/report";

export const VOCABULARY = "vocabulary.txt";

/** None where a network was fed no texts. */
export function vocabularyFiles(vocabulary: Tokenizer | null): NamedFile[] {
  if (vocabulary === null) return [];
  const bytes = new TextEncoder().encode(`${vocabulary.tokens.join("\n")}\n`);
  return [{ path: VOCABULARY, role: "vocabulary", bytes }];
}
