import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { renderMarkdown } from "../markdown.js";
import { renderReport } from "../report.js";
import type { ReportInput } from "../report-input.js";
import { planned, sampleCosts } from "../samples/planned.js";
import { resnet50, small } from "../samples/receipts.js";
import { renderTerminal } from "../terminal.js";

const sectionOf = (input: ReportInput, id: string) =>
  parseHTML(renderReport(input)).document.querySelector(`#${id}`);
const textOf = (input: ReportInput, id: string): string =>
  (sectionOf(input, id)?.textContent ?? "").replaceAll("\u00a0", " ").replace(/\s+/g, " ");

describe("the frontier", () => {
  const { receipt } = small();
  const at = (cost: number, importance: number) => ({ cost, importance });
  const input = {
    ...small(),
    receipt: {
      ...receipt,
      trade: {
        unit: "MACs" as const,
        best: [at(1e6, 0.2), at(4e6, 0.9), at(8e6, 1)],
        uniform: [at(1e6, 0.1), at(3e6, 0.4), at(5e6, 0.6), at(8e6, 1)],
        chosen: at(4e6, 0.9),
      },
    },
  };

  it("says what this plan keeps at its cost, and what the same share of every group would", () => {
    const text = textOf(input, "frontier");
    expect(text).toContain("This plan keeps 90 % of the importance at 50 % of the multiply-accumulates");
    expect(text).toContain("4.00 MMACs of 8.00 MMACs");
    expect(text).toContain("The same share of every group would keep 50 % at that cost."); // half way from 0.4 to 0.6
  });

  it("draws every point and lists it", () => {
    const section = sectionOf(input, "frontier");
    // Per drawing: the points of the best, the plan itself. Two drawings; a circle in the legend.
    expect(section?.querySelectorAll("circle")).toHaveLength(2 * (3 + 1) + 1);
    expect(section?.querySelectorAll("tbody tr")).toHaveLength(3 + 4);
  });
});

describe("the staircase", () => {
  it("draws every width, and says which step counts", () => {
    const costTable = {
      ...sampleCosts(),
      step: 8,
      stair: [39, 40, 41, 47, 48].map((width) => ({ width, us: 3 * width })),
    };
    const input = { ...small(), costTable };
    expect(textOf(input, "staircase")).toContain("Widths count in steps of 8 here");
    expect(sectionOf(input, "staircase")?.querySelectorAll("svg.plot circle")).toHaveLength(2 * 5);
    const big = [...(sectionOf(input, "staircase")?.querySelectorAll("svg.plot circle") ?? [])].filter(
      (circle) => circle.getAttribute("fill") === "var(--kept)",
    );
    expect(big).toHaveLength(2 * 2); // 40 and 48
  });

  it("claims no step where there is none, and says when it was measured elsewhere", () => {
    const input = { ...small(), costTable: { ...sampleCosts(), step: 1, origin: "bundled" as const } };
    expect(textOf(input, "staircase")).toContain("no steps");
    expect(textOf(input, "staircase")).toContain("another machine");
  });
});

describe("the sensitivity map", () => {
  const { receipt } = small();
  const [first, second] = receipt.widths as [(typeof receipt.widths)[0], (typeof receipt.widths)[0]];
  const point = (kept: number, error: number) => ({ kept, error });
  const input: ReportInput = {
    ...small(),
    receipt: {
      ...receipt,
      widths: [{ ...first, before: 16, after: 9 }, second],
      sensitivity: {
        data: "0".repeat(64),
        sets: 1,
        items: 8,
        curves: [
          {
            group: second.group,
            width: 16,
            points: [point(16, 0), point(8, 0.0004), point(4, 0.02)],
            local: [0],
          },
          {
            group: first.group,
            width: 16,
            points: [point(16, 0), point(8, 0.06), point(4, 0.7)],
            local: [0],
          },
        ],
      },
    },
  };
  const cells = [...(sectionOf(input, "sensitivity")?.querySelectorAll("table.map tbody td") ?? [])];

  it("puts the most sensitive group first and shades by the error", () => {
    expect(cells.map((cell) => cell.textContent?.replaceAll("\u00a0", " "))).toEqual([
      "6.0 %",
      "70 %",
      "<0.1 %",
      "2.0 %",
    ]);
    expect(cells.map((cell) => /shade-\d/.exec(cell.className)?.[0])).toEqual([
      "shade-3",
      "shade-5",
      "shade-0",
      "shade-2",
    ]);
  });

  it("outlines the measured width next to the plan's", () => {
    expect(cells.map((cell) => cell.classList.contains("taken"))).toEqual([true, false, false, false]);
  });

  it("holds every group of a large network, within bounds", () => {
    expect(sectionOf(planned(), "sensitivity")?.querySelectorAll("tbody tr")).toHaveLength(
      resnet50().receipt.widths.length,
    );
  });
});

describe("samples that average runs", () => {
  const averaged = (): ReportInput => {
    const { receipt, ...rest } = small();
    const latency = receipt.latency as Extract<typeof receipt.latency, { before: object }>;
    const of = <T extends object>(statistics: T): T => ({ ...statistics, runsPerSample: 16 });
    return {
      ...rest,
      receipt: { ...receipt, latency: { ...latency, before: of(latency.before), after: of(latency.after) } },
    };
  };

  it("are called what they are, in the page, in Markdown and in a terminal", () => {
    expect(textOf(averaged(), "timing")).toContain("each sample is the mean of 16 runs");
    expect(textOf(averaged(), "timing")).toContain("Samples");
    expect(renderMarkdown(averaged().receipt).replaceAll("\u00a0", " ")).toContain("samples of 16 runs each");
    expect(renderTerminal(averaged().receipt, { color: false }).replaceAll("\u00a0", " ")).toContain(
      "samples of 16 runs each",
    );
    expect(textOf(small(), "timing")).not.toMatch(/sample/i);
    expect(renderTerminal(small().receipt, { color: false })).toMatch(/median of 200.runs/);
  });
});
