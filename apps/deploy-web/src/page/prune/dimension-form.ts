// Sizes for symbolic dimensions: without them nothing can be counted, run or proven.

import { element } from "@espalier/page";
import { visibleName } from "@espalier/report/text";

const LARGEST = 1_000_000;

/** A form with one number for each option; `onSizes` hears of it when all are given. */
export function dimensionForm(
  options: readonly string[],
  onSizes: (dims: Readonly<Record<string, number>>) => void,
): HTMLElement {
  const inputs = options.map((option) =>
    element("input", { type: "number", min: 1, max: LARGEST, step: 1, required: true, "data-dim": option }),
  );
  const form = element(
    "form",
    { class: "dimensions" },
    element(
      "p",
      {},
      "Some sizes are left open by this network. Give the ones it will run with; the pruned network leaves them open, too.",
    ),
    ...options.map((option, i) =>
      element(
        "label",
        {},
        element("span", { class: "name" }, visibleName(option, 60)),
        inputs[i] as HTMLElement,
      ),
    ),
    element("button", { type: "submit" }, "Use these sizes"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onSizes(Object.fromEntries(options.map((option, i) => [option, inputs[i]?.valueAsNumber ?? 1])));
  });
  return form;
}
