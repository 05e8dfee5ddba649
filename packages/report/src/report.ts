// The page: one self-contained HTML file. No script, no address outside the file, nothing executed; it
// opens from disk, offline and under a strict content security policy. Pure: the same input gives the
// same bytes.

import type { ReportContext, ReportInput } from "./report-input.js";
import { html, type Markup, trusted } from "./text/markup.js";
import { visibleName, visibleText } from "./text/visible-text.js";
import { BASE } from "./theme/base.js";
import { TOKENS } from "./theme/tokens.js";
import { judge } from "./verdict/verdict.js";
import { VIEWS } from "./views/all.js";
import { verdictHeading, verdictView } from "./views/verdict.js";
import type { View } from "./views/view.js";

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** report.html of one pruning run. */
export function renderReport(input: ReportInput): string {
  const modelName = visibleName(input.title ?? fileName(input.receipt.source.path));
  const context: ReportContext = { ...input, modelName, verdict: judge(input.receipt) };
  return `<!doctype html>\n${page(context)}\n`;
}

function page(context: ReportContext): Markup {
  const views = VIEWS.filter((view) => view.shown?.(context) ?? true);
  return html`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${context.modelName}: ${context.verdict.sentence}</title>
<style>${trusted([TOKENS, BASE, ...views.map((view) => view.css)].join(""))}</style>
</head>
<body>
<header class="page"><span class="brand">Espalier, pruning report</span><nav aria-label="Views">${views.map((view) => html`<a href="#${view.id}">${view.heading}</a>`)}</nav></header>
<main>
${views.map((view) => section(view, context))}
</main>
<footer class="page">${footer(context)}</footer>
</body>
</html>`;
}

function section(view: View, context: ReportContext): Markup {
  const heading = view === verdictView ? verdictHeading(context) : view.heading;
  return html`<section class="view" id="${view.id}"><div class="head"><h2>${heading}</h2><p class="question">${view.question}</p></div>
<div class="body">${view.render(context)}</div></section>`;
}

function footer({ receipt }: ReportContext): Markup {
  return html`Written ${visibleText(receipt.createdAt, 40)}. 1 MAC is one multiplication with its addition (2 FLOPs). Sizes are decimal: 1 MB is 1,000,000 bytes. maxRel is max |a − b| / max(max |a|, 10⁻⁶), the largest over outputs and inputs. This page holds no script and loads nothing.`;
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) || path;
}
