// The page of the latency study: one row a plan, and what the rows say together.

import { median } from "../packages/core/dist/index.js";

/** docs/latency-budgets.md for what was measured. */
export function latencyTable(results) {
  const ms = ({ medianMs, unstable }) => `${medianMs.toFixed(2)}${unstable ? " *" : ""}`;
  const percent = (value) => `${(100 * value).toFixed(1)} %`;
  const times = (value) => `${value.toFixed(2)}×`;
  const reached = results.rows.filter(({ least }) => least === undefined);
  const missed = results.rows.filter(({ least }) => least !== undefined);
  const rows = reached.map((one) => [
    one.network,
    percent(one.budget),
    ms(one.dense),
    ms(one.plan),
    percent(one.keptLatency),
    percent(one.predictionError),
    percent(one.predictionErrorMs),
    times(one.macsSpeedup),
    times(one.speedup),
    one.efficiency.toFixed(2),
    one.efficiencyOfWorkAlone.toFixed(2),
    times(one.sameMacs.speedup),
    percent(one.importance),
    `${percent(one.onStairs.importance)} at ${times(one.onStairs.speedup)}`,
    times(one.twoThreads.speedup),
  ]);
  const head = [
    "network",
    "budget",
    "dense ms",
    "plan ms",
    "kept",
    "predicted off by",
    "in ms off by",
    "fewer MACs",
    "faster",
    "faster ÷ fewer MACs",
    "the same, all units alike",
    "uniform L1, same MACs",
    "importance kept",
    "uniform L1 on the stairs",
    "faster, two threads",
  ];
  return `# Latency budgets, measured

Does a plan for half the latency take half the latency? Written by \`${results.command}\`, with the [data folder](../benchmarks/README.md), on ${results.machine.cpu}
(${results.machine.cores} cores), ${results.runtime}, one thread, batch 1. Every row is one interleaved measurement of four
networks: the dense one, the plan, uniform L1 at the plan's MACs with its widths as they come, and uniform L1 on the
stairs at the plan's predicted latency.

- **kept**: the plan's time over the dense network's, the median of ten stretches in which both ran in turns.
- **predicted off by**: what the planner said of "kept" over it, and the same in milliseconds, which has in it by how
  much the machine had changed its speed since its costs were measured.
- **faster ÷ fewer MACs**: 1 where time falls as MACs do. Beside it the same figure, as predicted, for the plan that
  keeps the most work at that latency whatever the weights are: more than that the network's kernels do not give.
- **importance kept**: Σ scores over their group's mean, weighed by work; beside it uniform L1 on the same stairs, and how
  fast that is.
- \`*\`: the runs spread too widely for a single number (a shared machine); the ratios are of pairs in turns.

| ${head.join(" | ")} |
| ${head.map(() => "---").join(" | ")} |
${rows.map((row) => `| ${row.join(" | ")} |`).join("\n")}

${summary(reached, missed)
  .map((line) => `- ${line}`)
  .join("\n")}
`;
}

/** What the rows say together. */
function summary(rows, missed) {
  if (rows.length === 0) return [];
  const percent = (value) => `${(100 * value).toFixed(1)} %`;
  const worst = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const off = (row) => row.keptLatency / row.budget - 1;
  const errors = rows.map(({ predictionError }) => predictionError);
  const half = rows.filter(({ budget }) => budget === 0.5);
  const efficiencies = half.map(({ efficiency }) => efficiency);
  const wasted = half.map(({ sameMacs, speedup }) => speedup / sameMacs.speedup);
  const refused = missed.map(
    ({ network, budget, least }) =>
      `${network} at ${percent(budget)} is refused: with every group one step wide it would still take ${percent(least)}.`,
  );
  return [
    ...refused,
    `Measured within 10 % of the budget: ${rows.filter((row) => Math.abs(off(row)) <= 0.1).length} of ${rows.length} plans, ` +
      `at 0.5 ${half.filter((row) => Math.abs(off(row)) <= 0.1).length} of ${half.length}.`,
    `Predicted off by ${percent(median(errors.map(Math.abs)))} in the median, ${percent(worst(errors))} at most.`,
    `Faster ÷ fewer MACs at 0.5: ${median(efficiencies).toFixed(2)} in the median, from ${Math.min(...efficiencies).toFixed(2)} to ${Math.max(...efficiencies).toFixed(2)}.`,
    `At the same MACs the plan for 0.5 is ${median(wasted).toFixed(2)}× as fast as uniform L1 with its widths as they come, in the median.`,
    `The longest plan took ${Math.max(...rows.map(({ planSeconds }) => planSeconds))} s, its costs measured.`,
  ];
}
