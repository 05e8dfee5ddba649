// Running text as a data set for language models: windows of tokens, labelled with the token that follows each.

import { EspalierError } from "@espalier/ir";
import { type LabelledSet, requireIndex } from "../set/labelled-set.js";
import type { Tokenizer } from "./tokenizer.js";

export interface LanguageSetParts {
  readonly name: string;
  readonly tokens: Int32Array;
  readonly tokenizer: Pick<Tokenizer, "tokens">;
  /** Tokens in a window. */
  readonly length: number;
  /** From the start of one window to the next. @default length: every token is predicted at most once */
  readonly stride?: number;
}

/** Labels of all windows together: with a small stride there are many times more than tokens. */
const MOST_LABELS = 2 ** 28;

/** What is left over at the end is left out. @throws EspalierError `INVALID_DATA`, `INVALID_OPTION`, `LIMIT_EXCEEDED` */
export function languageSet(parts: LanguageSetParts): LabelledSet<"int64"> {
  const { name, tokens, tokenizer, length, stride = length } = parts;
  for (const [where, value] of [
    ["length", length],
    ["stride", stride],
  ] as const)
    if (!Number.isSafeInteger(value) || value < 1)
      throw new EspalierError("INVALID_OPTION", "Text cannot be cut into such windows", {
        where,
        expected: "1 or more tokens",
        found: String(value),
      });
  const count = Math.floor((tokens.length - 1 - length) / stride) + 1;
  if (count < 1)
    throw new EspalierError("INVALID_DATA", "The text is too short", {
      where: name,
      expected: `at least ${length + 1} tokens`,
      found: String(tokens.length),
    });
  if (count * length > MOST_LABELS)
    throw new EspalierError("LIMIT_EXCEEDED", "The windows overlap too often", {
      where: name,
      limit: "labels",
      expected: `at most ${MOST_LABELS} labels in all`,
      found: String(count * length),
      unblock: "Take a larger stride.",
    });
  requireTokens(tokens, tokenizer.tokens.length, name);
  const labels = new Int32Array(count * length);
  for (let index = 0; index < count; index++) {
    const start = index * stride + 1;
    labels.set(tokens.subarray(start, start + length), index * length);
  }
  return {
    name,
    count,
    input: { type: "int64", shape: [length] },
    labelShape: [length],
    labels,
    classes: tokenizer.tokens,
    image: null,
    read: (index, into, at = 0) => {
      requireIndex(index, count);
      for (let i = 0; i < length; i++) into[at + i] = BigInt(tokens[index * stride + i] as number);
    },
  };
}

function requireTokens(tokens: Int32Array, size: number, where: string): void {
  const wrong = tokens.findIndex((token) => token < 0 || token >= size);
  if (wrong === -1) return;
  throw new EspalierError("INVALID_DATA", "A token is not in the vocabulary", {
    where: `${where}, token ${wrong}`,
    expected: `0 to ${size - 1}`,
    found: String(tokens[wrong]),
  });
}
