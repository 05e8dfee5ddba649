// Planning for a phone that is not here: the files to time there, and the costs that its log gives, on a phone whose
// every time is known.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type CostTable,
  costTableText,
  isUnavailable,
  type PlannedModel,
  readCostTable,
  sliceSteps,
} from "@espalier/core";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import { deviceCostTable, probeFiles, probeScript } from "@espalier/runtime-tflite";
import { readTflite, tflite } from "@espalier/tflite";
import { beforeAll, describe, expect, it } from "vitest";
import { phoneLog } from "../tflite/phone-log.js";
import { STEP, simulatedUs } from "../tflite/simulated-phone.js";

const DIGITS = new Uint8Array(
  readFileSync(fileURLToPath(new URL("../../apps/cli/models/digits.onnx", import.meta.url))),
);
const host = nodeHost({ cache: null });
let probes: Awaited<ReturnType<typeof probeFiles>>;
let first = "";
let log = "";
const tableOf = (text: string, model = DIGITS): Promise<CostTable> =>
  deviceCostTable(model, text, { host, device: "a phone of known times" });

beforeAll(async () => {
  probes = await probeFiles(DIGITS, { host, seed: 1, trials: 8 });
  const script = probeScript(probes, { tool: "benchmark_model" });
  first = /'(ESPALIER-PROBES .*)'/.exec(script)?.[1] ?? "";
  log = phoneLog(first, probes.files);
}, 60_000);

describe("the files to time on a phone", () => {
  it("are sound, and all in the script", async () => {
    expect(probes.settings).toMatchObject({ seed: 1, trials: 8, step: 8, threads: 1, bindings: { N: 1 } });
    // Chains at 32 widths and of two lengths, nine networks, a pace, and their operators.
    expect(probes.files.size).toBeGreaterThan(64 + 9 + 1 + 9);
    const script = probeScript(probes, { tool: "benchmark_model", cores: "f0" });
    for (const [digest, bytes] of probes.files) {
      expect(await host.sha256(bytes)).toBe(digest);
      expect(script).toContain(`probes/${digest}.tflite`);
    }
    for (const bytes of [...probes.files.values()].slice(-20))
      expect(readTflite(bytes).subgraphs).toHaveLength(1);
  });
});

describe("the costs that a phone's log gives", () => {
  let table: CostTable;
  let half: PlannedModel;
  beforeAll(async () => {
    // Every file is made once more, and found by its digest: the same model and settings give the same files.
    table = await tableOf(log);
    half = await tflite.plan(DIGITS, { host, budget: { latency: 0.5 }, costTable: table, seed: 1 });
  }, 60_000);

  it("are a table of that phone, with its staircase", () => {
    expect(table).toMatchObject({
      runtime: "benchmark_model, a phone of known times",
      origin: "measured",
      threads: 1,
      source: probes.settings.source,
      step: STEP,
    });
    expect(table.stair).toHaveLength(32);
    expect(table.runs).toHaveLength(9);
    expect(costTableText(readCostTable(new TextEncoder().encode(costTableText(table))))).toBe(
      costTableText(table),
    );
  });

  it("lead to widths on its stairs that take there what was predicted", async () => {
    expect(half.plan.options).toMatchObject({ step: STEP, stepMeasured: { runtime: table.runtime } });
    for (const { keep } of sliceSteps(half.plan.steps)) expect(keep.length % STEP).toBe(0);
    const written = await tflite.apply(half.plan, DIGITS, {
      ...{ runtime: nodeRuntime(), host, measure: false, inputs: 1 },
    });
    const dense = await tflite.exportModel(half.subject.model);
    if (isUnavailable(dense)) throw new Error(dense.unblock);
    const [before, after] = [dense, written.files].map(
      (files) => simulatedUs(files.find(({ role }) => role === "model")!.bytes) / 1000,
    ) as [number, number];
    expect(Math.abs(half.plan.predicted!.before / before - 1)).toBeLessThan(0.02);
    expect(Math.abs(half.plan.predicted!.after / after - 1)).toBeLessThan(0.03);
    expect(after).toBeLessThanOrEqual(0.5 * before * 1.03);
  });

  it("come from no other log: one of another network, cut off, damaged, or of something else", async () => {
    const lines = log.split("\n");
    const other = first.replace(/"source":"[0-9a-f]{64}"/, `"source":"${"0".repeat(64)}"`);
    const cases: Readonly<Record<string, string>> = {
      empty: "",
      "of something else": "Hello\nESPALIER-PROBES\n",
      "without its first line": lines.slice(1).join("\n"),
      "of another network": log.replace(first, other),
      "of settings that are none": log.replace(first, first.replace('"trials":8', '"trials":-1')),
      "damaged in its first line": log.replace(first, `${first.slice(0, -9)}`),
      "cut off in a call": log.slice(0, log.length - 60),
      "cut off between calls": log.slice(0, log.lastIndexOf("ESPALIER ")),
      "without one file": phoneLog(first, new Map([...probes.files].slice(1))),
      "with a failure": log.replace(/INFO: count=30 .*\n.*\n/, "ERROR: Failed to apply XNNPACK delegate.\n"),
      "with a time that is none": log.replace(/Inference \(avg\): \S+/, "Inference (avg): soon"),
    };
    for (const [what, text] of Object.entries(cases))
      await expect(tableOf(text), what).rejects.toMatchObject({ code: "INVALID_LOG" });
  });
});
