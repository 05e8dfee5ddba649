// The files of an output folder

export {
  type Artefact,
  type ArtefactOptions,
  type ArtefactSource,
  artefactFiles,
  type NamedFile,
} from "./artefact/artefact-files.js";

// The report of a pruning: page, Markdown, terminal

export { type GroupPlaces, type ReportGraphOptions, reportGraph } from "./graph/make-report-graph.js";
export type { ReportEdge, ReportGraph, ReportNode } from "./graph/report-graph.js";
export { renderMarkdown } from "./markdown.js";
export { renderReport } from "./report.js";
export type { ReportInput } from "./report-input.js";
export { renderTerminal, type TerminalOptions } from "./terminal.js";

// What a receipt entitles one to say

export { judge, type Tone, type Verdict } from "./verdict/verdict.js";

// A training

export { renderTrainingPage } from "./training/training-page.js";
export type {
  TrainingCurvePoint,
  TrainingEvaluation,
  TrainingFile,
  TrainingRecord,
} from "./training/training-record.js";

// A deployed model, and both under load

export type { LoadComparison, LoadedModel, LoadRound } from "./load/load-comparison.js";
export { withLoadSection } from "./load/load-section.js";
export { renderServicePage, type ServicePage, type ServicePort } from "./service/service-page.js";
