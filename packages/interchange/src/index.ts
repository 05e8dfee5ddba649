// Hugging Face folders

export {
  type Config,
  configFor,
  labelsOf,
  readConfig,
  requireSameInterface,
} from "./hugging-face/config.js";
export { DTYPE_SUFFIXES, type ModelFileName, parseModelFileName } from "./hugging-face/dtypes.js";
export {
  CARD,
  CONFIG,
  chooseModel,
  describeFolder,
  enforceFolderLimit,
  FOLDER_LIMITS,
  type FolderContents,
  type FolderEntry,
  type FolderLimits,
  type FolderModel,
  type ModelChoice,
  PREPROCESSOR,
  requireWholeModel,
} from "./hugging-face/folder.js";
export { defaultFile, defaultFiles, loaderSettings } from "./hugging-face/loader-settings.js";
export type { AfterRemoval } from "./hugging-face/model-card.js";
export { type FolderFile, type PrunedFolderInput, prunedFolderFiles } from "./hugging-face/pruned-folder.js";
// Input cards
export { cardFromPreprocessor, type DerivedCard } from "./input-card/from-preprocessor.js";
export { imageToTensor, type RgbaImage, resizedSize } from "./input-card/image-to-tensor.js";
export {
  type CardInput,
  type CardOutput,
  type ImageSize,
  type InputCard,
  inputCardBytes,
  inputCardPath,
  type Resize,
  type ResizeFilter,
  readInputCard,
} from "./input-card/input-card.js";
