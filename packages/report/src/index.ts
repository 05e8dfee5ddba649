// The page and what it is made of
export { type GroupPlaces, type ReportGraphOptions, reportGraph } from "./graph/make-report-graph.js";
export type { ReportEdge, ReportGraph, ReportNode } from "./graph/report-graph.js";
export { renderMarkdown } from "./markdown.js";
export { renderReport } from "./report.js";
export type { ReportInput } from "./report-input.js";
// Text for terminals and job summaries
export { renderTerminal, type TerminalOptions } from "./terminal.js";
// What a receipt entitles one to say
export { judge, type Tone, type Verdict } from "./verdict/verdict.js";
