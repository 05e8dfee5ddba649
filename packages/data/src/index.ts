// Data sets for training, browser-safe; folders, cache and downloads are under ./node.

// Named by the signatures above; whoever has only this package can name them too
export type { Random, RuntimeTensor } from "@espalier/core";
// Batches
export {
  type Augmentation,
  type Augmenter,
  type CropFlipOptions,
  cropAndFlip,
} from "./batching/augmentation.js";
export { type Batch, type Batches, type BatchOptions, batches } from "./batching/batches.js";
// Built-in sets
export type { DigitStyleName } from "./drawn/digit-style.js";
export { type DigitOptions, drawnDigits } from "./drawn/digits.js";
export type { DrawnOptions } from "./drawn/drawn-options.js";
export { drawnShapes } from "./drawn/shapes.js";
// File formats
export {
  CIFAR10_CLASSES,
  CIFAR10_NORMALISATION,
  type CifarImages,
  type CifarParts,
  cifar10Set,
  readCifarRecords,
} from "./formats/cifar.js";
export { type IdxArray, readIdx } from "./formats/idx.js";
export { MNIST_NORMALISATION, type MnistParts, mnistSet } from "./formats/mnist.js";
export { readTarMembers, type WantedMember } from "./formats/tar-members.js";
export { type LabelledText, readTsv, type TsvOptions } from "./formats/tsv.js";
export { readUtf8 } from "./formats/utf8.js";
// The contract, and sets made of sets
export { type ImageSetParts, imageSet, type Normalisation } from "./set/image-set.js";
export { type SetCard, setCard } from "./set/input-card.js";
export {
  type ImageInput,
  type LabelledSet,
  labelsPerSample,
  type SampleArrays,
  type SampleSpec,
  type SampleType,
  sampleSize,
} from "./set/labelled-set.js";
export { type Preparation, preparedSet } from "./set/prepared-set.js";
export { type SampleImage, sampleImage } from "./set/sample-image.js";
export { type Split, type SplitOptions, splitSet, subset, takeFirst } from "./set/subset.js";
// Text
export { characterTokenizer } from "./text/characters.js";
export { type LanguageSetParts, languageSet } from "./text/language-set.js";
export { LLAMA2C_BOS, readLlama2cTokenizer } from "./text/llama2c-tokenizer.js";
export { type TextSetParts, textSet } from "./text/text-set.js";
export type { Tokenizer } from "./text/tokenizer.js";
export {
  buildVocabulary,
  PADDING,
  UNKNOWN,
  type VocabularyOptions,
  wordsOf,
  wordTokenizer,
} from "./text/vocabulary.js";
