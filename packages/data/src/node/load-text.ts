// Labelled text: the sentiment of sentences (SST-2) and the topic of news (AG News).

import { type LabelledText, readTsv, type TsvOptions } from "../formats/tsv.js";
import { textSet } from "../text/text-set.js";
import type { Tokenizer } from "../text/tokenizer.js";
import { buildVocabulary } from "../text/vocabulary.js";
import type { DataPlace } from "./data-place.js";
import { readFromFolder, readPublished } from "./find-data.js";
import type { PublishedFile } from "./published-file.js";
import type { TrainAndTest } from "./train-and-test.js";

const SOURCE =
  "https://raw.githubusercontent.com/forest-snow/alps/3c7ef2c98249fc975a897b27f275695f97d5b7a9/data";

interface TextSource {
  readonly train: PublishedFile;
  readonly test: PublishedFile;
  readonly form: Omit<TsvOptions, "where">;
  /** What the labels mean. */
  readonly classes: readonly string[];
  /** Tokens of a sample, unless asked otherwise: few texts are longer. */
  readonly length: number;
}

const TOPICS = ["World", "Sports", "Business", "Sci/Tech"];

export type TextName = "sst-2" | "agnews";

const SOURCES: Readonly<Record<TextName, TextSource>> = {
  "sst-2": {
    train: {
      path: "text/sst-2/train.tsv",
      urls: [`${SOURCE}/SST-2/train.tsv`],
      bytes: 3_422_882,
      sha256: "920e317b2c52e12cd22db1da2c6708312bd7dc4f3712b9bbf1b50ee6c2c792ba",
    },
    test: {
      path: "text/sst-2/test.tsv",
      urls: [`${SOURCE}/SST-2/test.tsv`],
      bytes: 94_931,
      sha256: "54a9c12c77e402fc14d6a66a506f24d999f596b0176eb777c972cccc2f9cc4b0",
    },
    form: { header: { text: "sentence", label: "label" }, classes: ["0", "1"] },
    classes: ["negative", "positive"],
    length: 48,
  },
  agnews: {
    train: {
      path: "text/agnews/dev.tsv",
      urls: [`${SOURCE}/agnews/dev.tsv`],
      bytes: 2_030_410,
      sha256: "7a0811e0006080bf4de17752c5466450ff3db778be71bc5bcf3c4e99b5f0803d",
    },
    test: {
      path: "text/agnews/test.tsv",
      urls: [`${SOURCE}/agnews/test.tsv`],
      bytes: 1_530_104,
      sha256: "e4217edd939f618f24a42b0988c56ec3cddf656d8dc279b9afa443dd1ab6a1c1",
    },
    form: { header: false, classes: TOPICS },
    classes: TOPICS,
    length: 64,
  },
};

export interface TextLoadOptions extends DataPlace {
  /** Tokens of a sample. */
  readonly length?: number;
  /** Most tokens of the vocabulary. @default 10,000 */
  readonly vocabulary?: number;
}

export interface LoadedText extends TrainAndTest<"int64"> {
  /** Made from the training texts. */
  readonly vocabulary: Tokenizer;
}

/**
 * SST-2: 60,614 phrases to train on, 872 sentences to test. AG News: 10,001 and 7,600 texts; what is trained on is the
 * development part of a larger set.
 *
 * @throws EspalierError `DATA_MISSING`, `ABORTED`; reading errors
 */
export async function loadText(name: TextName, options: TextLoadOptions = {}): Promise<LoadedText> {
  const source = SOURCES[name];
  const { length = source.length, vocabulary: size = 10_000 } = options;
  const [train, test] = [await textsOf(options, source, "train"), await textsOf(options, source, "test")];
  const vocabulary = buildVocabulary(train.texts, { size });
  return {
    train: textSet({ name: `${name} train`, data: train, vocabulary, length }),
    test: textSet({ name: `${name} test`, data: test, vocabulary, length }),
    vocabulary,
  };
}

async function textsOf(place: DataPlace, source: TextSource, split: "train" | "test"): Promise<LabelledText> {
  const file = source[split];
  const bytes =
    (await readFromFolder(place, [file.path], MOST_TEXT)) ??
    (await readPublished(place, file, { set: file.path, builtIn: "digits" }));
  return { ...readTsv(bytes, { where: file.path, ...source.form }), classes: source.classes };
}

/** Bytes of a text file of somebody's own in a place of these. */
const MOST_TEXT = 256 * 1024 * 1024;
