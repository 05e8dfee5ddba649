// What a visitor fetches: both networks, and the engine that the page begins with once.

import { formatChange, formatTogether, UNKNOWN } from "@espalier/report/text";
import { element } from "../dom/element.js";
import { proportionBar } from "../dom/proportion-bar.js";
import type { Deployment } from "./deployment.js";

const ROWS = [
  ["raw", "as it is"],
  ["gzip", "with gzip"],
  ["brotli", "with brotli"],
] as const;

export function sizesTable({ original, pruned, engines }: Deployment): HTMLElement {
  const first = Object.values(engines)[0];
  const heads = ["", "Original", "Pruned", "Change", "", "Engine, once"];
  return element(
    "div",
    { class: "scroll" },
    element(
      "table",
      { class: "sizes" },
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          ...heads.map((text) => element("th", { scope: "col", class: text === "" ? null : "n" }, text)),
        ),
      ),
      element(
        "tbody",
        {},
        ...ROWS.map(([key, label]) => {
          const [before, after] = [original.size[key], pruned.size[key]];
          const [from = UNKNOWN, to = UNKNOWN] = formatTogether("bytes", [before, after]);
          const [engine = UNKNOWN] = formatTogether("bytes", [first?.[key] ?? null]);
          return element(
            "tr",
            { "data-size": key },
            element("th", { scope: "row" }, label),
            element("td", { class: "n" }, from),
            element("td", { class: "n strong" }, to),
            element("td", { class: "n" }, formatChange(before, after)),
            element("td", { class: "bar" }, proportionBar(before, after)),
            element("td", { class: "n soft" }, engine),
          );
        }),
      ),
    ),
  );
}
