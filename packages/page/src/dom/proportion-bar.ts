// A thin bar: what is left, on the length of what there was.

import { svgElement } from "./element.js";

/** Lengths share one scale; `before` fills the width unless `after` is longer. */
export function proportionBar(before: number | null, after: number | null): SVGSVGElement {
  const frame = { class: "bar", viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" };
  if (before === null || after === null || !(before > 0)) return svgElement("svg", frame);
  const scale = 100 / Math.max(before, after);
  const rect = (kind: string, value: number): SVGRectElement =>
    svgElement("rect", { class: kind, width: (value * scale).toFixed(2), height: 4 });
  return svgElement("svg", frame, rect("removed", before), rect("kept", after));
}
