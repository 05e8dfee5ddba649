export {
  type ArtefactFlags,
  addArtefactOption,
  type ReadArtefact,
  readArtefact,
  requireOnly,
} from "./artefact.js";
export {
  addCalibrationOptions,
  addRecoveryOptions,
  type CalibrationFlags,
  type RecoveryFlags,
  requireNoCalibration,
} from "./calibration-options.js";
export { asInputError, EXIT, exitCodeOf } from "./exit-codes.js";
export { addChoiceOptions, type ChoiceFlags, modelChoice } from "./folder-options.js";
export { collect, dimension, ratio, userPath, wholeNumber } from "./option-values.js";
export { phases } from "./phases.js";
export { type DeployProgram, type Invocation, runProgram } from "./program.js";
export {
  type AskedBudget,
  addPruningOptions,
  askedBudget,
  elementsText,
  PATTERN_TEXT,
  type PruningFlags,
  plannedText,
  pruningOptions,
} from "./pruning-options.js";
