// One figure, before and after, as the report shows it.

import { element, proportionBar } from "@espalier/page";
import { formatChange, formatTogether, type Quantity, UNKNOWN } from "@espalier/report/text";

export interface TileFigures {
  readonly label: string;
  readonly quantity: Quantity;
  readonly before: number | null;
  readonly after: number | null;
  /** Instead of the change in per cent. */
  readonly change?: string;
}

export function tile({ label, quantity, before, after, change }: TileFigures): HTMLElement {
  const [from = UNKNOWN, to = UNKNOWN] = formatTogether(quantity, [before, after]);
  const [number, unit] = to.split("\u00a0");
  return element(
    "div",
    { class: "tile" },
    element("p", { class: "label" }, label),
    element("p", { class: "value" }, number, unit !== undefined && element("small", {}, unit)),
    element("p", { class: "from" }, `from ${from}`),
    proportionBar(before, after),
    element("p", { class: "change" }, change ?? formatChange(before, after)),
  );
}
