// Draws with Observable Plot into a document that exists only in memory (linkedom), and gives the SVG as
// markup. Names may be passed as they are: the serialiser escapes them. Colours are CSS variables, so one
// drawing serves light, dark and print. Two drawings, wide and narrow, stand for responsiveness.

import { type PlotOptions, plot } from "@observablehq/plot";
import { parseHTML } from "linkedom/worker";
import { html, type Markup, trusted } from "../text/markup.js";

/** Widths drawn: beside the section head, and on a phone. */
export const WIDE = 856;
export const NARROW = 360;

const NUMERIC = [
  "x",
  "y",
  "x1",
  "x2",
  "y1",
  "y2",
  "width",
  "height",
  "cx",
  "cy",
  "r",
  "d",
  "transform",
  "points",
];

/** The few members of an SVG element that are used here; this package sees no DOM types. */
interface DrawnElement {
  readonly outerHTML: string;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  querySelectorAll(selector: string): Iterable<DrawnElement>;
  remove(): void;
}

/** One static drawing; `label` is its text for those who cannot see it. */
export function drawPlot(label: string, options: PlotOptions): Markup {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const drawn = plot({
    className: "plot",
    style: { fontSize: "12px" },
    ...options,
    document,
  }) as unknown as DrawnElement;
  for (const style of [...drawn.querySelectorAll("style")]) style.remove();
  for (const element of [drawn, ...drawn.querySelectorAll("*")]) roundNumbers(element);
  drawn.setAttribute("role", "img");
  drawn.setAttribute("aria-label", label);
  return trusted(drawn.outerHTML);
}

/** The drawing for wide and for narrow screens; CSS shows one. */
export function responsive(draw: (width: number, narrow: boolean) => Markup): Markup {
  return html`<div class="wide">${draw(WIDE, false)}</div><div class="narrow">${draw(NARROW, true)}</div>`;
}

/** Two decimals of a pixel are enough, and halve the page. */
function roundNumbers(element: DrawnElement): void {
  for (const name of NUMERIC) {
    const value = element.getAttribute(name);
    if (value === null || !/\.\d{3}/.test(value)) continue;
    element.setAttribute(
      name,
      value.replace(/-?\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 100) / 100)),
    );
  }
}
