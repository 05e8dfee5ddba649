// The target for TensorRT as users meet it: the command line and the deploy program. Runs dist/, so build first.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readPlan, readReceipt } from "@espalier/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const DIGITS = at("apps/cli/models/digits.onnx");
const { INIT_CWD: _, ...ENV } = process.env;
let box = "";

function run(program: "cli" | "deploy-tensorrt", ...args: string[]) {
  return spawnSync(process.execPath, [at(`apps/${program}/dist/main.js`), ...args], {
    cwd: box,
    encoding: "utf8",
    env: { ...ENV, NO_COLOR: "1" },
  });
}
const read = (...path: string[]): Uint8Array => new Uint8Array(readFileSync(join(box, ...path)));

beforeAll(() => {
  box = mkdtempSync(join(tmpdir(), "espalier-tensorrt-"));
});
afterAll(() => rmSync(box, { recursive: true, force: true }));

describe("espalier --target tensorrt", () => {
  it("masks, applies to the same bytes, verifies; and a changed plan.bin is found", () => {
    const asked = ["--target", "tensorrt", "--granularity", "2:4"];
    const { status, stderr } = run("cli", "prune", DIGITS, ...asked, "--out", "masked");
    expect(status, stderr).toBe(0);
    const receipt = readReceipt(read("masked", "receipt.json"));
    expect(receipt.latency).toMatchObject({ unavailable: "UNAVAILABLE" });
    expect(receipt.nm).toMatchObject({ pattern: "2:4", violations: 0 });
    const applied = run("cli", "apply", "masked/plan.json", DIGITS, "--out", "again");
    expect(applied.status, applied.stderr).toBe(0);
    for (const file of ["model.onnx", "plan.json", "plan.bin"])
      expect(read("again", file)).toEqual(read("masked", file));
    const verified = run("cli", "verify", "masked", "--source", DIGITS);
    expect(verified.status, verified.stdout).toBe(0);

    const other = read("masked", "plan.bin");
    other[0] = (other[0] as number) ^ 1;
    writeFileSync(join(box, "masked", "plan.bin"), other);
    expect(run("cli", "verify", "masked", "--source", DIGITS).status).toBe(1);
    const refused = run("cli", "apply", "masked/plan.json", DIGITS, "--out", "none");
    expect([refused.status, refused.stderr.includes("INVALID_PLAN")]).toEqual([3, true]);
    expect(existsSync(join(box, "none"))).toBe(false);
  });

  it("plans both files, and they apply", () => {
    mkdirSync(join(box, "plans"));
    const asked = ["--target", "tensorrt", "--granularity", "2:4", "--out", "plans/plan.json"];
    const { status, stderr } = run("cli", "plan", DIGITS, ...asked);
    expect(status, stderr).toBe(0);
    const plan = readPlan(read("plans", "plan.json"));
    expect(plan.data?.bytes).toBe(read("plans", "plan.bin").byteLength);
    expect(run("cli", "apply", "plans/plan.json", DIGITS, "--out", "planned").status).toBe(0);
    expect(read("planned", "model.onnx").byteLength).toBeGreaterThan(0);
  });

  it("writes float16 where the file is asked for in it, and refuses that on other targets", () => {
    const asked = ["--target", "tensorrt", "--granularity", "channel", "--graph-type", "float16"];
    const { status, stderr } = run("cli", "prune", DIGITS, ...asked, "--ratio", "0.3", "--out", "half");
    expect(status, stderr).toBe(0);
    const receipt = readReceipt(read("half", "receipt.json"));
    expect(receipt.export).toMatchObject({ path: "pruned.onnx", tolerance: null });
    expect(read("half", "model.onnx").length).toBeLessThan(0.6 * read("half", "pruned.onnx").length);
    const verified = run("cli", "verify", "half", "--source", DIGITS);
    expect(verified.status, verified.stdout).toBe(0);
    const cpu = run(
      "cli",
      "prune",
      DIGITS,
      "--target",
      "cpu",
      "--graph-type",
      "float16",
      "--ratio",
      "0.3",
      "--out",
      "no",
    );
    expect([cpu.status, cpu.stderr.includes("--graph-type")]).toEqual([2, true]);
  });

  it("refuses patterns on targets that do not read them, and training under masks", () => {
    const cpu = run("cli", "prune", DIGITS, "--target", "cpu", "--granularity", "2:4", "--out", "no");
    expect([cpu.status, cpu.stderr.includes("granularity")]).toEqual([2, true]);
    const latency = run("cli", "prune", DIGITS, "--target", "tensorrt", "--latency", "0.5", "--out", "no");
    expect(latency.status).not.toBe(0);
    expect(latency.stderr).toContain("TensorRT");
  });
});

describe("deploy-tensorrt", () => {
  it("hands on the budget that was asked for, which the pattern refuses", () => {
    for (const budget of [
      ["--macs", "50%"],
      ["--ratio", "0.3"],
    ]) {
      const { status, stderr } = run(
        "deploy-tensorrt",
        DIGITS,
        "--granularity",
        "2:4",
        ...budget,
        "--out",
        "no",
      );
      expect([status, stderr.includes("--ratio 0.5")], stderr).toEqual([2, true]);
    }
    expect(existsSync(join(box, "no"))).toBe(false);
  });

  it("writes model, baseline, script, expected layers and receipt, and reads what the script gave", () => {
    const { status, stderr } = run("deploy-tensorrt", DIGITS, "--granularity", "2:4", "--out", "gpu");
    expect(status, stderr).toBe(0);
    const receipt = readReceipt(read("gpu", "receipt.json"));
    for (const { path } of receipt.files) expect(existsSync(join(box, "gpu", path))).toBe(true);
    const roles = receipt.files.map(({ role }) => role);
    for (const role of ["model", "plan", "plan-data", "dense baseline", "script", "eligibility"])
      expect(roles).toContain(role);
    expect(spawnSync("bash", ["-n", join(box, "gpu", "build-and-time.sh")]).status).toBe(0);
    const table = JSON.parse(new TextDecoder().decode(read("gpu", "eligibility.json")));
    const nodes: string[] = table.rows.flatMap((row: { nodes: string[] }) => row.nodes);
    expect(nodes.length).toBeGreaterThan(0);

    const again = run("deploy-tensorrt", DIGITS, "--from", "gpu", "--out", "from");
    expect(again.status, again.stderr).toBe(0);
    expect(again.stderr).toContain("two of every four");
    for (const file of ["model.onnx", "dense.onnx", "plan.bin", "build-and-time.sh", "eligibility.json"])
      expect(read("from", file), file).toEqual(read("gpu", file));

    cpSync(join(box, "gpu"), join(box, "run"), { recursive: true });
    mkdirSync(join(box, "run", "trtexec"));
    const write = (file: string, text: string) => writeFileSync(join(box, "run", "trtexec", file), text);
    write(
      "sparse.build.log",
      `[1] [I] [TRT] (Sparsity) Layers eligible for sparse math: ${nodes.join(", ")}\n[1] [I] [TRT] (Sparsity) TRT inference plan picked sparse implementation for layers: ${nodes[0]}\n`,
    );
    const profile = (ms: number) =>
      `[{ "count" : 9 }${nodes.map((name) => `, { "name" : ${JSON.stringify(name)}, "averageMs" : ${ms}, "percentage" : 1 }`).join("")}]`;
    write("dense.profile.json", profile(2));
    write("sparse.profile.json", profile(1));
    const times = run("deploy-tensorrt", "times", "run", "--json");
    expect(times.status, times.stderr).toBe(0);
    expect(JSON.parse(times.stdout)).toMatchObject({
      eligible: { count: nodes.length },
      picked: { count: 1 },
    });

    const options = ["--granularity", "2:4", "--graph-type", "float16"];
    const half = run("deploy-tensorrt", DIGITS, ...options, "--out", "typed");
    expect(half.status, half.stderr).toBe(0);
    for (const [file, whole] of [
      ["model.onnx", "pruned.onnx"],
      ["dense.onnx", "../gpu/dense.onnx"],
    ] as const)
      expect(read("typed", file).length).toBeLessThan(0.6 * read("typed", whole).length);
    const script = new TextDecoder().decode(read("typed", "build-and-time.sh"));
    expect([script.includes("--stronglyTyped"), script.includes("--fp16")]).toEqual([true, false]);
    const both = run("deploy-tensorrt", DIGITS, ...options, "--precision", "int8", "--out", "none");
    expect([both.status, both.stderr.includes("--graph-type")]).toEqual([2, true]);

    // Measured times decide: what was twice as fast carries the pattern, however small it is.
    const judged = run("deploy-tensorrt", DIGITS, "--ratio", "0.01", "--times", "run", "--out", "judged");
    expect([0, 4]).toContain(judged.status);
    write("sparse.build.log", "not a log\n");
    const bad = run("deploy-tensorrt", "times", "run");
    expect([bad.status !== 0, bad.stderr.includes("INVALID_LOG")]).toEqual([true, true]);
  });
});
