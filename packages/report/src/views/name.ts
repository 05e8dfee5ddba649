// Names and digests on the page.

import { html, type Markup } from "../text/markup.js";
import { visibleName } from "../text/visible-text.js";

/** A name of the model: printable, bounded, its direction kept to itself. */
export function name(text: string, limit?: number): Markup {
  return html`<bdi class="name">${visibleName(text, limit)}</bdi>`;
}

/** The first twelve digits of a digest, all of it on hover. */
export function digest(sha256: string): Markup {
  const shown = visibleName(sha256, 80);
  return html`<span class="name" title="${shown}">${shown.slice(0, 12)}</span>`;
}
