import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { renderReport } from "../report.js";
import { small } from "../samples/receipts.js";
import type { LoadComparison, LoadedModel } from "./load-comparison.js";
import { withLoadSection } from "./load-section.js";

function side(ms: number): LoadedModel {
  return {
    requests: 1000,
    failed: 0,
    perSecond: 2000 / ms,
    p50Ms: ms,
    p90Ms: 1.5 * ms,
    p99Ms: 2 * ms,
    quantilesMs: Array.from({ length: 201 }, (_, i) => ms * (0.8 + i / 150)),
  };
}

function comparison(more: Partial<LoadComparison> = {}): LoadComparison {
  return {
    schema: 1,
    createdAt: "2026-01-01T00:00:00.000Z",
    command: ["deploy-cpu", "compare", "deployed"],
    machine: { cpu: "<b>CPU</b>" },
    versions: {},
    requestSha256: "0".repeat(64),
    clients: 4,
    workers: 2,
    rounds: [
      { model: "dense", seconds: 3, requests: 1000, failed: 0, perSecond: 500 },
      { model: "pruned", seconds: 3, requests: 1000, failed: 0, perSecond: 1000 },
    ],
    dense: side(4),
    pruned: side(2),
    unstable: false,
    ...more,
  };
}

const page = renderReport(small());

describe("withLoadSection", () => {
  it("puts the section at the end of the report, and replaces that of an earlier run", () => {
    const once = withLoadSection(page, comparison()) as string;
    const twice = withLoadSection(once, comparison({ createdAt: "2026-01-02T00:00:00.000Z" })) as string;
    for (const [text, day] of [
      [once, "2026-01-01"],
      [twice, "2026-01-02"],
    ] as const) {
      const { document } = parseHTML(text);
      const sections = [...document.querySelectorAll("main > section")];
      expect(sections.at(-1)?.id).toBe("load");
      expect(sections.filter(({ id }) => id === "load")).toHaveLength(1);
      expect(sections.at(-1)?.textContent).toContain(day);
    }
    expect(once).toContain("2.00×");
    expect(once.replace(/<!--espalier:load-->[\s\S]*<!--\/espalier:load-->/, "")).toBe(page);
  });

  it("claims nothing from unstable blocks, and escapes what the machine says of itself", () => {
    const text = withLoadSection(page, comparison({ unstable: true })) as string;
    expect(text).not.toContain("2.00×");
    expect(text).not.toContain("<b>CPU");
  });

  it("leaves other pages alone", () => {
    expect(withLoadSection("<p>not a report</p>", comparison())).toBeNull();
  });
});
