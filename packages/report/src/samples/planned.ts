// A made-up run whose widths were chosen by measured costs, with everything that such a run can show: its trade curve, its
// staircase and its sensitivities. Used by the tests and by whoever works on the page; no part of the package.

import type { CostTable, SensitivityCurve, TradeCurve } from "@espalier/core";
import type { ReportInput } from "../report-input.js";
import { resnet50 } from "./receipts.js";

export function sampleTrade(dense: number): TradeCurve {
  const shares = Array.from({ length: 22 }, (_, i) => 0.09 + (i * 0.91) / 21);
  const best = shares.map((share) => ({ cost: dense * share, importance: 1 - (1 - share) ** 2.1 }));
  return {
    unit: "ms",
    best,
    uniform: shares.map((share) => ({ cost: dense * share, importance: 0.04 + 0.96 * share ** 0.72 })),
    chosen: best[10] as TradeCurve["chosen"],
  };
}

export function sampleCosts(): CostTable {
  const step = 8;
  return {
    schema: 1,
    origin: "measured",
    machine: {},
    runtime: "onnxruntime-node 1.30.0",
    threads: 1,
    source: null,
    step,
    stair: Array.from({ length: 32 }, (_, i) => {
      const width = 33 + i;
      const rounded = Math.ceil(width / step) * step;
      return {
        width,
        us: Math.round(0.16 * rounded ** 2 * (width % step === 0 ? 1 : 1.13 + 0.02 * (i % 3))),
      };
    }),
    patterns: [],
    runs: [],
    denseUs: 0,
    profilerUs: 0,
    others: [],
    overheadUs: 40,
    kinds: [],
  };
}

/** Later groups matter less; the first of a stage matters more. */
export function sampleSensitivity(groups: readonly { group: string; before: number }[]): SensitivityCurve[] {
  return groups.map(({ group, before }, i) => {
    const strength = (i % 4 === 0 ? 2.2 : 0.6) / (1 + i / 6);
    const kept = [
      ...new Set([1, 7 / 8, 3 / 4, 1 / 2, 1 / 4, 1 / 8].map((share) => Math.round(share * before))),
    ];
    return {
      group,
      width: before,
      points: kept.map((units) => ({
        kept: units,
        error: Math.min(1.2, strength * (1 - units / before) ** 2.5),
      })),
      local: [0],
    };
  });
}

/** ResNet-50 under half of its latency. */
export function planned(): ReportInput {
  const input = resnet50();
  const { receipt, plan } = input;
  return {
    ...input,
    plan: plan === null ? null : { ...plan, budget: { kind: "latency", value: 0.5, unit: "fraction" } },
    receipt: {
      ...receipt,
      trade: sampleTrade(58.9),
      sensitivity: { curves: sampleSensitivity(receipt.widths), data: "0".repeat(64), sets: 4, items: 256 },
    },
    costTable: sampleCosts(),
  };
}
