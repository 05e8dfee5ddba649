// The answers of one network to an image: its best classes as bars, or its numbers in brief.

import { formatShare, visibleName } from "@espalier/report/text";
import { element, svgElement } from "../dom/element.js";
import type { Answer, OutputAnswer } from "./tasks.js";

export function answerPanel({ outputs }: Answer): HTMLElement {
  return element("div", {}, ...outputs.slice(0, 8).map(outputPanel));
}

function outputPanel(output: OutputAnswer): HTMLElement {
  return output.top === null ? numbers(output) : classes(output, output.top);
}

function classes({ name }: OutputAnswer, top: NonNullable<OutputAnswer["top"]>): HTMLElement {
  const probable = top.every(({ value }) => value >= 0 && value <= 1);
  const most = Math.max(1e-30, ...top.map(({ value }) => Math.abs(value)));
  return element(
    "ol",
    { class: "classes", "aria-label": visibleName(name, 60) },
    ...top.map(({ label, value }, i) =>
      element(
        "li",
        { class: i === 0 ? "first" : null, "data-label": label, "data-value": value },
        element("span", { class: "label" }, visibleName(label, 44)),
        element("span", { class: "value" }, probable ? formatShare(value) : value.toPrecision(4)),
        svgElement(
          "svg",
          { class: "bar", viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" },
          svgElement("rect", {
            class: i === 0 ? "kept" : "removed",
            width: ((probable ? Math.max(0, value) : Math.abs(value) / most) * 100).toFixed(2),
            height: 4,
          }),
        ),
      ),
    ),
  );
}

function numbers({ name, dims, range }: OutputAnswer): HTMLElement {
  return element(
    "p",
    { class: "numbers", "data-mean": range.mean },
    element("span", { class: "name" }, visibleName(name, 60)),
    ` ${dims.join(" × ")}: ${[range.least, range.mean, range.most].map((value) => value.toPrecision(4)).join(" / ")}`,
    element("span", { class: "note" }, " least / mean / most"),
  );
}
