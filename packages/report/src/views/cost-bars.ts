// The largest nodes as bars: what was kept, and behind it what was removed, on one axis.

import { axisX, barX, gridX, text } from "@observablehq/plot";
import { drawPlot, responsive } from "../plot/draw-plot.js";
import type { Markup } from "../text/markup.js";
import { formatChange, formatTick, formatTogether, joinPair, type Quantity } from "../text/quantity.js";
import { shorten } from "../text/visible-text.js";
import type { NodeCost } from "./node-cost.js";

const NAME_SPACE = 224;

export function costBars(rows: readonly NodeCost[], quantity: Quantity): Markup {
  const unit = quantity === "macs" ? "count" : quantity;
  const amounts = formatTogether(
    unit,
    rows.flatMap((row) => [row.before, row.after]),
  );
  const keyed = rows.map((row, i) => ({
    ...row,
    key: String(i),
    amounts: joinPair(amounts[2 * i], amounts[2 * i + 1]),
  }));
  type Bar = (typeof keyed)[number];
  const longest = Math.max(...rows.map((row) => Math.max(row.before, row.after)));
  return responsive((width, narrow) => {
    const row = narrow ? 40 : 23;
    const marginLeft = narrow ? 2 : NAME_SPACE;
    const marginRight = narrow ? 12 : 196;
    const inset = narrow ? { insetTop: 24, insetBottom: 7 } : { insetTop: 7, insetBottom: 7 };
    const raised = narrow ? { dy: -8 } : {};
    const atRight = {
      y: "key",
      frameAnchor: "right",
      textAnchor: "end",
      fontVariant: "tabular-nums",
      ...raised,
    } as const;
    const ticks = narrow ? 3 : 5;
    return drawPlot(`Before and after of the ${rows.length} largest nodes`, {
      width,
      height: rows.length * row + 34,
      marginLeft,
      marginRight,
      marginTop: 24,
      marginBottom: 10,
      x: { domain: [0, longest], axis: null },
      y: { domain: keyed.map(({ key }) => key), axis: null, padding: 0 },
      marks: [
        axisX({
          anchor: "top",
          ticks,
          tickSize: 0,
          label: null,
          tickFormat: (n: number) => formatTick(unit, n),
          fill: "var(--faint)",
        }),
        gridX({ ticks, stroke: "var(--rule)", strokeOpacity: 1 }),
        barX(keyed, { x1: "after", x2: "before", y: "key", fill: "var(--removed)", ...inset }),
        barX(keyed, { x1: 0, x2: "after", y: "key", fill: "var(--kept)", ...inset }),
        text(keyed, {
          y: "key",
          frameAnchor: "left",
          textAnchor: "start",
          dx: -marginLeft,
          ...raised,
          fontFamily: "var(--mono)",
          fontSize: 11.5,
          fill: "var(--ink)",
          text: (bar: Bar) => shorten(bar.short, 31),
          title: (bar: Bar) => bar.title,
        }),
        text(keyed, {
          ...atRight,
          dx: narrow ? 12 : 136,
          fill: "var(--soft)",
          text: (bar: Bar) => bar.amounts,
        }),
        text(narrow ? [] : keyed, {
          ...atRight,
          dx: 196,
          fill: "var(--ink)",
          text: (bar: Bar) => formatChange(bar.before, bar.after),
        }),
        text(narrow ? [] : [quantity === "macs" ? "MACs" : "weights"], {
          frameAnchor: "top-right",
          textAnchor: "end",
          dx: 136,
          dy: -17,
          fill: "var(--faint)",
        }),
      ],
    });
  });
}
