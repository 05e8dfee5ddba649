// The built command line on real models: prune, apply and verify agree, input specifications are recorded and
// checked, and a random moment of interruption leaves nothing. Runs dist/, so build first.

import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataFolder } from "../data-folder.js";

const MAIN = fileURLToPath(new URL("../../apps/cli/dist/main.js", import.meta.url));
const model = (name: string): string => join(dataFolder ?? "", "onnx", `${name}.onnx`);
const { INIT_CWD: _, ...ENV } = process.env;
let box = "";

function espalier(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [MAIN, ...args], {
    cwd: box,
    encoding: "utf8",
    env: { ...ENV, NO_COLOR: "1" },
    maxBuffer: 1 << 28,
  });
}

const prune = (name: string, out: string, ...more: string[]) =>
  espalier("prune", model(name), "--target", "cpu", "--ratio", "0.3", "--out", out, "--no-measure", ...more);

beforeAll(() => {
  box = mkdtempSync(join(tmpdir(), "espalier-real-"));
});
afterAll(() => rmSync(box, { recursive: true, force: true }));

describe.skipIf(dataFolder === null)("the command line on real models", () => {
  for (const [name, ...dims] of [
    ["cifar10-resnet20"],
    ["ppocr_mobile_v2_cls", "p2o.DynamicDimension.1=48", "p2o.DynamicDimension.2=192"],
  ] as const) {
    it(`prunes, applies and verifies ${name} to the same bytes`, { timeout: 240_000 }, () => {
      const bind = dims.flatMap((dim) => ["--dim", dim]);
      const { status, stdout } = prune(name, name, "--json", "--step", "8", ...bind);
      expect([0, 4]).toContain(status);
      const { receipt } = JSON.parse(stdout);
      expect(receipt.artefact === null).toBe(status === 4);
      expect(espalier("verify", name, "--source", model(name)).status).toBe(0);
      if (status === 4) return;
      const applied = `${name}-applied`;
      expect(
        espalier("apply", `${name}/plan.json`, model(name), "--out", applied, "--no-measure").status,
      ).toBe(0);
      for (const file of ["model.onnx", "plan.json"])
        expect(readFileSync(join(box, applied, file)).equals(readFileSync(join(box, name, file)))).toBe(true);
    });
  }

  it("records an input specification, and verifies with it", { timeout: 240_000 }, () => {
    writeFileSync(join(box, "ranges.json"), '{"Input3":{"range":[0,255]}}');
    expect(prune("mnist-cntk", "ranges", "--inputs", "ranges.json").status).toBe(0);
    const { inputs, parity } = JSON.parse(readFileSync(join(box, "ranges/receipt.json"), "utf8"));
    expect(inputs.spec).toBe('{"Input3":{"range":[0,255]}}');
    expect(parity.inputs).toBe(12);
    expect(espalier("verify", "ranges", "--source", model("mnist-cntk")).status).toBe(0);
  });

  it("leaves parity open where the files of the specification are not given", { timeout: 240_000 }, () => {
    mkdirSync(join(box, "given"));
    writeFileSync(join(box, "given/image.f32"), new Uint8Array(new Float32Array(784).fill(3).buffer));
    writeFileSync(join(box, "given/spec.json"), '{"Input3":{"file":"image.f32"}}');
    expect(prune("mnist-cntk", "file-given", "--inputs", "given/spec.json").status).toBe(0);
    const verify = (...more: string[]) =>
      espalier("verify", "file-given", "--source", model("mnist-cntk"), ...more).status;
    expect(verify()).toBe(5);
    expect(verify("--inputs", "given/spec.json")).toBe(0);
    writeFileSync(join(box, "given/image.f32"), new Uint8Array(new Float32Array(784).fill(4).buffer));
    expect(verify("--inputs", "given/spec.json")).toBe(2);
  });

  it("says which dimension to bind", () => {
    const { status, stdout } = prune("stories260k", "unbound", "--json");
    expect(status).toBe(4);
    const { refused } = JSON.parse(stdout).receipt;
    expect(refused.map(({ code }: { code: string }) => code)).toContain("UNBOUND_DIMENSION");
    expect(espalier("verify", "unbound", "--source", model("stories260k")).status).toBe(0);
  });

  it("changes nothing when interrupted at any moment", { timeout: 300_000 }, async () => {
    mkdirSync(join(box, "killed"));
    for (const delayMs of [40, 150, 300, 450, 600, 800, 1000, 1300, 1700, 2200]) {
      const out = join(box, "killed", "out");
      const child = spawn(
        process.execPath,
        [
          MAIN,
          "prune",
          model("cifar10-resnet20"),
          "--target",
          "cpu",
          "--ratio",
          "0.3",
          "--out",
          out,
          "--json",
        ],
        { env: ENV, stdio: ["ignore", "pipe", "ignore"] },
      );
      let stdout = "";
      child.stdout.on("data", (chunk) => {
        stdout += chunk;
      });
      setTimeout(() => child.kill("SIGINT"), delayMs);
      const [code, signal] = await new Promise<[number | null, string | null]>((done) =>
        child.on("close", (...end) => done(end)),
      );
      // Before the command has begun to listen, the signal ends the process by itself.
      if (signal !== null) expect({ delayMs, signal }).toEqual({ delayMs, signal: "SIGINT" });
      else {
        expect({ delayMs, code }).toEqual({ delayMs, code: code === 0 ? 0 : 130 });
        const document = JSON.parse(stdout);
        if (code === 130) expect(document.error.code).toBe("ABORTED");
      }
      const left = readdirSync(join(box, "killed"));
      expect({ delayMs, left }).toEqual({ delayMs, left: code === 0 ? ["out"] : [] });
      rmSync(out, { recursive: true, force: true });
    }
  });
});
