// Labelled texts as a data set: token ids of one length, long texts cut at their end, short ones filled with padding.

import { EspalierError } from "@espalier/ir";
import type { LabelledText } from "../formats/tsv.js";
import { checkedLabels, type LabelledSet, requireIndex, requireSamples } from "../set/labelled-set.js";
import type { Tokenizer } from "./tokenizer.js";
import { PADDING, UNKNOWN } from "./vocabulary.js";

export interface TextSetParts {
  readonly name: string;
  readonly data: LabelledText;
  /** Of {@link buildVocabulary}, made from the training texts. */
  readonly vocabulary: Tokenizer;
  /** Tokens in a sample. */
  readonly length: number;
}

const MOST_TOKENS = 2 ** 28;

/** A text without any word is one unknown word. @throws EspalierError `INVALID_DATA`, `INVALID_OPTION`, `LIMIT_EXCEEDED` */
export function textSet({ name, data, vocabulary, length }: TextSetParts): LabelledSet<"int64"> {
  const count = data.texts.length;
  requireSamples(count, name);
  if (!Number.isSafeInteger(length) || length < 1)
    throw new EspalierError("INVALID_OPTION", "Texts cannot be cut to this length", {
      where: "length",
      expected: "1 or more tokens",
      found: String(length),
    });
  if (count * length > MOST_TOKENS)
    throw new EspalierError("LIMIT_EXCEEDED", "So many tokens are not held in memory", {
      where: name,
      limit: "tokens",
      expected: `at most ${MOST_TOKENS} tokens in all`,
      found: `${count} texts of ${length}`,
    });
  const tokens = new Int32Array(count * length).fill(PADDING);
  for (const [index, text] of data.texts.entries()) {
    const ids = vocabulary.encode(text);
    tokens.set(ids.length === 0 ? [UNKNOWN] : ids.subarray(0, length), index * length);
  }
  return {
    name,
    count,
    input: { type: "int64", shape: [length] },
    labelShape: [],
    labels: checkedLabels(data.labels, data.classes.length, name),
    classes: data.classes,
    image: null,
    read: (index, into, at = 0) => {
      requireIndex(index, count);
      for (let i = 0; i < length; i++) into[at + i] = BigInt(tokens[index * length + i] as number);
    },
  };
}
