// The runtime's own profile of real networks, read back: whatever it fuses, renames and lays out anew, every kernel
// of a layer is found and belongs to that layer.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CostMeter, openSubject, type Profiler, randomInputs } from "@espalier/core";
import { nodeRuntime } from "@espalier/runtime-node";
import { describe, expect, it } from "vitest";
import { dataFolder } from "../data-folder.js";

const MODELS: readonly [string, number][] = [
  // Layers with weights that widths matter to.
  ["cifar10-resnet20", 20],
  ["squeezenet1.1-imagenet", 26],
  ["ultraface-rfb-320", 52],
  ["yolox_nano", 113],
];

describe.skipIf(dataFolder === null)("the profile of a real network", () => {
  it.each(MODELS)("of %s names all %d layers", { timeout: 120_000 }, async (name, layers) => {
    const subject = openSubject(new Uint8Array(readFileSync(join(dataFolder!, "onnx", `${name}.onnx`))));
    const [feeds] = randomInputs(subject.model, subject.boundFacts, subject.handlers, { seed: 1, count: 1 });
    const profiler = (await nodeRuntime().openProfiler({ threads: 1, budgetMs: 1 })) as Profiler;
    const meter = new CostMeter(subject, profiler, feeds!, {
      seed: 1,
      step: 16,
      stair: [],
      trials: 1,
      groups: subject.analysis.groups.filter(({ width, exact }) => width > 16 && exact),
      header: { machine: {}, runtime: "r", threads: 1, source: "0".repeat(64) },
    });
    try {
      await meter.run();
    } finally {
      await profiler.dispose();
    }
    expect(meter.kernels(0)).toBe(layers);
    // The trial is of other widths, and no layer is lost by them.
    expect(meter.kernels(1)).toBe(layers);
    const { patterns, others } = meter.table();
    expect(patterns.every(({ samples }) => samples.every(([, , us]) => us >= 0))).toBe(true);
    // What is no layer is element-wise, pooling or data movement, and most of it is known by its value.
    expect(others.filter(({ value }) => value === null).length).toBeLessThan(others.length);
  });
});
