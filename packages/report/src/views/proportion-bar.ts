// A thin bar: what is left, on the length of what there was. SVG, because printers drop backgrounds.

import { html, type Markup } from "../text/markup.js";

/** Lengths share one scale; `before` fills the width unless `after` is longer. */
export function proportionBar(before: number | null, after: number | null): Markup {
  if (before === null || after === null || !(before > 0) || !(after >= 0))
    return html`<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"></svg>`;
  const scale = 100 / Math.max(before, after);
  const round = (value: number): number => Math.round(value * scale * 100) / 100;
  return html`<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect class="removed" width="${round(before)}" height="4"/><rect class="kept" width="${round(after)}" height="4"/></svg>`;
}
