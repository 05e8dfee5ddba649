// A page as HTML: everything that is the same for all visitors and networks. What depends on them is filled in by the
// scripts.

import { POLICY } from "./policy.js";

export const STYLE_FILE = "style.css";
export const ICON_FILE = "icon.svg";

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M16 29V5M16 24H5v-9M16 24h11v-9M16 15H9V8M16 15h7V8" fill="none" stroke="#4f9b73" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>
`;

/** File and name of each page that pages link to, in order. */
export type PageLinks = readonly (readonly [href: string, text: string])[];

export interface Page {
  readonly title: string;
  /** Address of its script, relative to the page. */
  readonly script: string;
  readonly links: PageLinks;
  readonly current: string;
  /** Finished HTML, as is `main`. */
  readonly hero: string;
  readonly main: readonly string[];
}

export function pageHtml({ title, script, links, current, hero, main }: Page): string {
  const anchors = links.map(
    ([href, text]) => `<a href="${href}"${href === current ? ' aria-current="page"' : ""}>${text}</a>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="${ICON_FILE}" type="image/svg+xml">
<link rel="stylesheet" href="${STYLE_FILE}">
<script type="module" src="${script}"></script>
</head>
<body>
<header class="page"><span class="brand">Espalier</span><nav aria-label="Pages">${anchors.join("")}</nav></header>
<main>
<div class="hero">${hero}</div>
<noscript><p class="lead">These pages compute in the browser, so they need JavaScript.</p></noscript>
${main.join("\n")}
</main>
<footer class="page">Everything is computed in this tab and comes from this site alone.</footer>
</body>
</html>
`;
}

/** @param id of a section that is hidden until there is something in it */
export function view(heading: string, question: string, body: string, id?: string): string {
  const attributes = id === undefined ? "" : ` id="${id}" hidden`;
  return `<section class="view"${attributes}><div class="head"><h2>${heading}</h2><p class="question">${question}</p></div><div class="body">${body}</div></section>`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
