// Latency of both networks in this browser: every run, and the figures.

import { isUnavailable, type LatencyStatistics } from "@espalier/core";
import { formatExact, formatTogether, speedText, visibleText } from "@espalier/report/text";
import { element } from "../dom/element.js";
import { latencyStrips } from "../plot/latency-strips.js";
import type { DemoLatency } from "./tasks.js";

export function latencyPanel(latency: DemoLatency): HTMLElement {
  if (isUnavailable(latency))
    return element(
      "p",
      { class: "refusal", "data-latency": "unavailable" },
      element("code", {}, latency.unavailable),
      " ",
      visibleText(latency.unblock),
    );
  const { original, pruned } = latency;
  const unstable = original.unstable || pruned.unstable;
  const verdict = unstable
    ? "Other work disturbed the runs too much for a verdict; close it and measure again."
    : `The pruned network is ${speedText(original.medianMs / pruned.medianMs)}.`;
  return element(
    "div",
    { "data-latency": unstable ? "unstable" : "measured" },
    element("p", { class: "lead" }, verdict),
    latencyStrips([
      { label: "original", statistics: original, color: "var(--removed-line)" },
      { label: "pruned", statistics: pruned, color: "var(--kept)" },
    ]),
    figures([
      { label: "original", statistics: original },
      { label: "pruned", statistics: pruned },
    ]),
  );
}

function figures(
  rows: readonly { readonly label: string; readonly statistics: LatencyStatistics }[],
): HTMLElement {
  const shown = formatTogether(
    "ms",
    rows.flatMap(({ statistics: { medianMs, p10Ms, p90Ms } }) => [medianMs, p10Ms, p90Ms]),
  );
  return element(
    "div",
    { class: "scroll" },
    element(
      "table",
      {},
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          ...["", "Median", "p10", "p90", "Runs"].map((text) =>
            element("th", { scope: "col", class: "n" }, text),
          ),
        ),
      ),
      element(
        "tbody",
        {},
        ...rows.map(({ label, statistics: { runs, runsPerSample = 1 } }, i) =>
          element(
            "tr",
            { "data-model": label },
            element("th", { scope: "row" }, label),
            ...shown.slice(3 * i, 3 * i + 3).map((text) => element("td", { class: "n" }, text)),
            element(
              "td",
              { class: "n" },
              runsPerSample === 1
                ? formatExact(runs)
                : `${formatExact(runs)}, each the mean of ${formatExact(runsPerSample)}`,
            ),
          ),
        ),
      ),
    ),
  );
}
