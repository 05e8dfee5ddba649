// Where data sets are found

export type { DataPlace } from "./data-place.js";
export { type DownloadOptions, download } from "./download.js";
export { readFromFolder, readPublished, type Wanted } from "./find-data.js";
export type { ImageLoadOptions } from "./image-load-options.js";
// Data sets
export { loadCifar10 } from "./load-cifar10.js";
export { DATA_SET_NAMES, type DataSetName, loadDataSet, type NamedDataSet } from "./load-data-set.js";
export { type LanguageLoadOptions, type LoadedLanguage, loadLanguage } from "./load-language.js";
export { loadMnist } from "./load-mnist.js";
export { type LoadedText, loadText, type TextLoadOptions, type TextName } from "./load-text.js";
export type { PublishedFile } from "./published-file.js";
export { readFileIfThere } from "./read-file.js";
export type { TrainAndTest } from "./train-and-test.js";
export { unpack } from "./unpack.js";
