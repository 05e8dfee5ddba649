// What was dropped, in one line and a table of what goes in and out.

import { element } from "@espalier/page";
import { formatExact, formatNumberOf, formatQuantity, visibleName } from "@espalier/report/text";
import type { OpenedModel } from "./tasks.js";

export function modelFacts(model: OpenedModel): HTMLElement[] {
  const { bytes, nodes, opset, params, macs, inputs, outputs } = model;
  const line = [
    formatQuantity("bytes", bytes),
    `${formatQuantity("count", params)} parameters`,
    macs === null ? null : formatQuantity("macs", macs),
    formatNumberOf(nodes, "operator"),
    opset === null ? null : `opset ${opset}`,
  ];
  const rows = [
    ...inputs.map((port) => ({ kind: "input", port })),
    ...outputs.map((port) => ({ kind: "output", port })),
  ].slice(0, 40);
  return [
    element("p", { title: `${formatExact(bytes)} bytes` }, line.filter((part) => part !== null).join(" · ")),
    element(
      "div",
      { class: "scroll" },
      element(
        "table",
        { class: "fit" },
        element(
          "tbody",
          {},
          ...rows.map(({ kind, port }) =>
            element(
              "tr",
              {},
              element("td", {}, kind),
              element("th", { scope: "row" }, element("span", { class: "name" }, visibleName(port.name, 60))),
              element("td", {}, visibleName(port.shape, 60)),
            ),
          ),
        ),
      ),
    ),
  ];
}
