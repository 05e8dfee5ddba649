// How much to prune: a slider with what it would give, the rest of the options, and the button.

import { element, fill } from "@espalier/page";
import { tile } from "../dom/tile.js";
import type { OpenedModel, Prediction, PruneChoice, PruneRequest } from "./tasks.js";

const FIRST_RATIO = 0.5;
const STEPS = [1, 4, 8, 16];
const FIRST_STEP = 4;

export interface ChoiceForm {
  readonly root: HTMLElement;
  readonly choice: () => PruneChoice;
  readonly show: (prediction: Prediction) => void;
  /** While something runs, nothing else can be started. */
  readonly enable: (enabled: boolean) => void;
}

export function choiceForm(
  model: OpenedModel,
  onChoice: () => void,
  onPrune: (request: PruneRequest) => void,
): ChoiceForm {
  const slider = element("input", {
    id: "ratio",
    type: "range",
    min: 0.05,
    max: 0.9,
    step: 0.05,
    value: FIRST_RATIO,
  });
  const shown = element("output", { for: "ratio" });
  const step = element(
    "select",
    { id: "step" },
    ...STEPS.map((n) =>
      element("option", { value: n, selected: n === FIRST_STEP }, n === 1 ? "no rounding" : n),
    ),
  );
  const inexact = element("input", { id: "inexact", type: "checkbox" });
  const measure = element("input", { id: "measure", type: "checkbox", checked: true });
  const button = element("button", { type: "submit", class: "main" }, "Prune");
  const tiles = element("div", { class: "tiles three", "aria-live": "polite" });
  const choice = (): PruneChoice => ({
    ratio: Number(slider.value),
    step: Number(step.value),
    allowInexact: inexact.checked,
  });
  const changed = (): void => {
    const percent = `${Math.round(Number(slider.value) * 100)}\u00a0%`;
    fill(shown, percent);
    slider.setAttribute("aria-valuetext", `${percent} of the units go`);
    onChoice();
  };
  for (const control of [slider, step, inexact]) control.addEventListener("input", changed);
  const fields = element(
    "fieldset",
    {},
    element("div", { class: "ratio" }, element("label", { for: "ratio" }, "Units to remove"), slider, shown),
    tiles,
    element(
      "div",
      { class: "options" },
      element("label", {}, "Keep widths that are multiples of ", step),
      element("label", {}, measure, " measure latency in this browser, too"),
      element(
        "label",
        { title: "They need training afterwards" },
        inexact,
        " also groups that a mean or a normalisation runs over",
      ),
    ),
    button,
  );
  const root = element("form", {}, fields);
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    onPrune({ ...choice(), measure: measure.checked });
  });
  changed();
  return {
    root,
    choice,
    show: ({ params, macs, bytes }) =>
      fill(
        tiles,
        tile({ label: "MACs", quantity: "count", before: model.macs, after: macs }),
        tile({ label: "Params", quantity: "count", before: model.params, after: params }),
        tile({ label: "File, about", quantity: "bytes", before: model.bytes, after: bytes }),
      ),
    enable: (enabled) => {
      fields.disabled = !enabled;
    },
  };
}
