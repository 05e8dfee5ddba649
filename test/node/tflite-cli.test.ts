// The target for TFLite as users meet it: the command line. Runs dist/, so build first.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { modelBytes, readPlan, readReceipt } from "@espalier/core";
import { isTflite } from "@espalier/tflite";
import { mobilenetV1 } from "@espalier/zoo";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { espalierIn } from "../cli-process.js";
import { phoneLog } from "../tflite/phone-log.js";

const DIGITS = fileURLToPath(new URL("../../apps/cli/models/digits.onnx", import.meta.url));
const TFLITE = ["--target", "tflite", "--ratio", "0.5", "--no-measure"] as const;
let box = "";
const run = (...args: string[]) => espalierIn(box, ...args);
const read = (...path: string[]): Uint8Array => new Uint8Array(readFileSync(join(box, ...path)));

beforeAll(() => {
  box = mkdtempSync(join(tmpdir(), "espalier-tflite-"));
});
afterAll(() => rmSync(box, { recursive: true, force: true }));

describe("espalier --target tflite", () => {
  it("writes a file that was run, applies to the same bytes, verifies; and finds another file", () => {
    const { status, stderr } = run("prune", DIGITS, ...TFLITE, "--out", "pruned");
    expect(status, stderr).toBe(0);
    expect(isTflite(read("pruned", "model.tflite"))).toBe(true);
    const receipt = readReceipt(read("pruned", "receipt.json"));
    expect(receipt.artefact?.path).toBe("model.tflite");
    expect(receipt.export?.runtime).toContain("LiteRT.js");
    expect(receipt.export?.maxRel).toBeLessThanOrEqual(1e-4);
    const applied = run("apply", "pruned/plan.json", DIGITS, "--no-measure", "--out", "again");
    expect(applied.status, applied.stderr).toBe(0);
    for (const file of ["model.tflite", "pruned.onnx"])
      expect(read("again", file)).toEqual(read("pruned", file));
    const verified = run("verify", "pruned", "--source", DIGITS);
    expect(verified.status, verified.stdout).toBe(0);
    expect(verified.stdout).toMatch(/holds +export agrees +maxRel/);

    const other = read("pruned", "model.tflite");
    const middle = other.length >> 1;
    other[middle] = (other[middle] as number) ^ 1;
    writeFileSync(join(box, "pruned", "model.tflite"), other);
    const found = run("verify", "pruned", "--source", DIGITS);
    expect(found.status).toBe(1);
    expect(found.stdout).toMatch(/FAILS +the artefact is the pruned network, exported/);
  });

  it("times exported files beside the network, and says what it cannot feed", () => {
    const models = [DIGITS, "again/model.tflite"];
    const { status, stdout, stderr } = run("bench", "--target", "tflite", ...models, "--runs", "5", "--json");
    expect(status, stderr).toBe(0);
    const { results } = JSON.parse(stdout) as { results: { runtime: string; runs: number }[] };
    expect(results.map(({ runs }) => runs)).toEqual([5, 5]);
    for (const { runtime } of results) expect(runtime).toContain("LiteRT.js");
    expect(run("bench", "--target", "tflite", "again/model.tflite", "--runs", "5").status).toBe(0);
    const plan = run("bench", "--target", "tflite", "again/plan.json");
    expect([plan.status, plan.stderr.includes("UNSUPPORTED_FORMAT")]).toEqual([3, true]);
  });

  it("refuses by code what it cannot write, and writes nothing then", () => {
    const cases = [
      [["--precision", "int8"], 2, "CALIBRATION_MISSING"],
      [["--precision", "int8", "--sparse", "densify"], 2, "INVALID_OPTION"],
    ] as const;
    for (const [more, status, code] of cases) {
      const ended = run("prune", DIGITS, ...TFLITE, ...more, "--out", "none");
      expect([ended.status, ended.stderr.includes(code)], code).toEqual([status, true]);
    }
    const options = ["--target", "cpu", "--ratio", "0.5", "--precision", "float16"];
    const elsewhere = run("prune", DIGITS, ...options, "--out", "none");
    expect([elsewhere.status, elsewhere.stderr.includes("INVALID_OPTION")]).toEqual([2, true]);
    expect(existsSync(join(box, "none"))).toBe(false);
  });

  it("writes what to time on a phone, and plans by what its log says", { timeout: 120_000 }, () => {
    const made = run("probe", DIGITS, "--trials", "3", "--out", "probes");
    expect(made.status, made.stderr).toBe(0);
    const script = readFileSync(join(box, "probes", "measure.sh"), "utf8");
    const first = /'(ESPALIER-PROBES .*)'/.exec(script)?.[1] ?? "";
    const files = readdirSync(join(box, "probes", "probes")).map(
      (name) => [name.replace(".tflite", ""), read("probes", "probes", name)] as const,
    );
    const log = phoneLog(first, new Map(files));
    writeFileSync(join(box, "phone.log"), log);
    const asked = [DIGITS, "--device", "a test", "--out", "phone.json"];
    const table = run("cost-table", ...asked, "--log", "phone.log");
    expect(table.status, table.stderr).toBe(0);
    expect(table.stdout).toContain("benchmark_model, a test: 4 networks");
    const by = ["--target", "tflite", "--latency", "0.6", "--cost-table", "phone.json", "--no-measure"];
    const pruned = run("prune", DIGITS, ...by, "--out", "for-phone");
    expect(pruned.status, pruned.stderr).toBe(0);
    const plan = readPlan(read("for-phone", "plan.json"));
    expect(plan.options.stepMeasured?.runtime).toBe("benchmark_model, a test");
    expect(plan.predicted!.after / plan.predicted!.before).toBeLessThanOrEqual(0.6);
    writeFileSync(join(box, "cut.log"), log.slice(0, -80));
    const cut = run("cost-table", ...asked, "--log", "cut.log", "--force");
    expect([cut.status === 0, cut.stderr.includes("INVALID_LOG")]).toEqual([false, true]);
  });

  it("makes single weights zero where that is worth something, and says where it is not", () => {
    const network = modelBytes(mobilenetV1({ width: 0.25, resolution: 32, classes: 10, seed: 1 }));
    writeFileSync(join(box, "mobilenet.onnx"), network);
    const element = ["--target", "tflite", "--granularity", "element", "--no-measure"];
    const made = run("prune", "mobilenet.onnx", ...element, "--ratio", "0.85", "--out", "sparse");
    expect(made.status, made.stderr).toBe(0);
    expect(made.stderr).toContain("make 85 % of the weights of 1x1 convolutions zero");
    const { macs, size } = readReceipt(read("sparse", "receipt.json"));
    expect(macs.after).toBe(macs.before);
    expect(size.after.raw).toBe(read("sparse", "model.tflite").length);
    expect(existsSync(join(box, "sparse", "plan.bin"))).toBe(true);
    const planned = run(
      "plan",
      "mobilenet.onnx",
      ...element.slice(0, 4),
      "--ratio",
      "0.85",
      "--out",
      "s.json",
    );
    expect(planned.stdout).toContain("weights lose single elements");
    const dense = run("prune", DIGITS, ...element, "--ratio", "0.85", "--out", "not-sparse");
    expect(dense.status).toBe(4);
    expect(dense.stdout + dense.stderr).toContain("zeros in dense storage are worth nothing here");
  });

  it("explains the codes of its refusals", () => {
    for (const code of ["OP_NOT_LOWERED", "SPARSE_TOO_FEW_ZEROS"]) {
      const { status, stdout } = run("explain", code);
      expect(status).toBe(0);
      expect(stdout).toContain("What would unblock it");
    }
  });
});
