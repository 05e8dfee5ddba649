// The built command line as its users meet it: exit codes, JSON on every exit, interruption, tampering,
// determinism. Runs dist/, so build first.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const MAIN = fileURLToPath(new URL("../../apps/cli/dist/main.js", import.meta.url));
const DIGITS = fileURLToPath(new URL("../../apps/cli/models/digits.onnx", import.meta.url));
let box = "";

beforeAll(() => {
  box = mkdtempSync(join(tmpdir(), "espalier-cli-"));
  copyFileSync(DIGITS, join(box, "digits.onnx"));
  expect(prune("one").status).toBe(0);
});
afterAll(() => rmSync(box, { recursive: true, force: true }));

function espalier(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { INIT_CWD: _, ...env } = process.env;
  return spawnSync(process.execPath, [MAIN, ...args], {
    cwd: box,
    encoding: "utf8",
    env: { ...env, NO_COLOR: "1" },
  });
}

const prune = (out: string, ...more: string[]) =>
  espalier(
    "prune",
    "digits.onnx",
    "--target",
    "cpu",
    "--ratio",
    "0.5",
    "--out",
    out,
    "--no-measure",
    ...more,
  );
const sha256 = (path: string) =>
  createHash("sha256")
    .update(readFileSync(join(box, path)))
    .digest("hex");

describe("prune", () => {
  it("writes model, plan, receipt and report, twice the same bytes for model and plan", () => {
    expect(prune("two").status).toBe(0);
    expect(readdirSync(join(box, "one")).sort()).toEqual([
      "model.onnx",
      "plan.json",
      "receipt.json",
      "report.html",
    ]);
    for (const file of ["model.onnx", "plan.json"]) expect(sha256(`one/${file}`)).toBe(sha256(`two/${file}`));
  });

  it("gives the same bytes when its plan is applied", () => {
    expect(espalier("apply", "one/plan.json", "digits.onnx", "--out", "applied", "--no-measure").status).toBe(
      0,
    );
    for (const file of ["model.onnx", "plan.json"])
      expect(sha256(`applied/${file}`)).toBe(sha256(`one/${file}`));
  });

  it("ends with 4 and still writes the receipt when nothing can be pruned", () => {
    const { status, stdout } = prune("nothing", "--exclude", "**", "--json");
    expect(status).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, receipt: { artefact: null } });
    expect(readdirSync(join(box, "nothing")).sort()).toEqual(["plan.json", "receipt.json", "report.html"]);
    expect(espalier("verify", "nothing", "--source", "digits.onnx").status).toBe(0);
  });

  it("ends with 6 when a gate is missed, and the artefact is there", () => {
    expect(prune("gated", "--max-size", "1kB").status).toBe(6);
    expect(existsSync(join(box, "gated/model.onnx"))).toBe(true);
    expect(prune("gated-too", "--max-latency", "1ms").status).toBe(6); // not measured: not passed
  });

  it("refuses outputs that would destroy something", () => {
    mkdirSync(join(box, "mine"));
    writeFileSync(join(box, "mine/thesis.txt"), "precious");
    symlinkSync(join(box, "mine"), join(box, "link"));
    for (const out of ["mine", "digits.onnx", "link", "."]) {
      expect({ out, status: prune(out).status }).toEqual({ out, status: 2 });
    }
    expect(readdirSync(join(box, "mine"))).toEqual(["thesis.txt"]);
    expect(prune("mine", "--force").status).toBe(0);
  });

  it("leaves nothing behind when interrupted, and says 130", { timeout: 120_000 }, async () => {
    for (const delay of [60, 200, 350, 500, 700, 900]) {
      const { code, left } = await interrupted(delay);
      expect([0, 130]).toContain(code);
      if (code === 130) expect(left).toEqual([]);
    }
  });
});

describe("verify", () => {
  it("holds for what prune wrote", () => {
    const { status, stdout } = espalier("verify", "one", "--source", "digits.onnx", "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout).verdict).toBe("holds");
  });

  it("is incomplete without the source", () => {
    mkdirSync(join(box, "elsewhere"));
    cpSync(join(box, "one"), join(box, "elsewhere/lonely"), { recursive: true });
    expect(espalier("verify", "lonely", "--cwd", "elsewhere").status).toBe(5);
  });

  it("fails after one flipped byte in the artefact", () => {
    tampered("flipped", (folder) => {
      const bytes = readFileSync(join(folder, "model.onnx"));
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
      writeFileSync(join(folder, "model.onnx"), bytes);
    });
  });

  it("fails after one weight is changed and the receipt's digest rewritten", () => {
    tampered("forged", (folder) => {
      const bytes = readFileSync(join(folder, "model.onnx"));
      // Low byte of a float in the middle of the file, which is weights.
      bytes[(bytes.length >> 1) & ~3] = (bytes[(bytes.length >> 1) & ~3] as number) ^ 1;
      writeFileSync(join(folder, "model.onnx"), bytes);
      const digest = createHash("sha256").update(bytes).digest("hex");
      const receipt = JSON.parse(readFileSync(join(folder, "receipt.json"), "utf8"));
      const old = receipt.artefact.sha256;
      // A thorough forger drops the seal too.
      delete receipt.seal;
      writeFileSync(join(folder, "receipt.json"), JSON.stringify(receipt).replaceAll(old, digest));
    });
  });

  it("fails after one kept index in plan.json is changed, also with its digest rewritten", () => {
    const change = (folder: string): string => {
      const plan = JSON.parse(readFileSync(join(folder, "plan.json"), "utf8"));
      const { keep, width } = plan.steps[0];
      const free = Array.from({ length: width }, (_, unit) => unit).find(
        (unit) => !keep.includes(unit),
      ) as number;
      keep[0] = free;
      keep.sort((a: number, b: number) => a - b);
      const text = JSON.stringify(plan);
      writeFileSync(join(folder, "plan.json"), text);
      return createHash("sha256").update(text).digest("hex");
    };
    tampered("replanned", (folder) => void change(folder));
    tampered("replanned-and-forged", (folder) => {
      const digest = change(folder);
      const receipt = JSON.parse(readFileSync(join(folder, "receipt.json"), "utf8"));
      delete receipt.seal;
      writeFileSync(
        join(folder, "receipt.json"),
        JSON.stringify(receipt).replaceAll(receipt.plan.sha256, digest),
      );
    });
  });
});

describe("every exit", () => {
  it("is one JSON document with --json", () => {
    writeFileSync(join(box, "broken.onnx"), readFileSync(DIGITS).subarray(0, 1000));
    writeFileSync(join(box, "page.onnx"), "<!doctype html><html>");
    const cases: [number, ...string[]][] = [
      [0, "inspect", "digits.onnx"],
      [0, "explain", "GRAPH_OUTPUT"],
      [2, "explain", "NO_SUCH_CODE"],
      [2, "prune", "digits.onnx", "--target", "cpu", "--ratio", "7", "--out", "x"],
      [2, "prune", "digits.onnx", "--target", "cpu", "--ratio", "0.3", "--latency", "0.5", "--out", "x"],
      [2, "prune", "digits.onnx", "--target", "cpu", "--latency", "2", "--out", "x"],
      [2, "prnue", "digits.onnx"],
      [3, "inspect", "broken.onnx"],
      [3, "inspect", "page.onnx"],
      [3, "inspect", "absent.onnx"],
      [3, "apply", "digits.onnx", "digits.onnx", "--out", "x"],
      [0, "diff", "digits.onnx", "digits.onnx"],
      [0, "doctor"],
    ];
    for (const [expected, ...args] of cases) {
      const { status, stdout } = espalier(...args, "--json");
      expect({ args, status }).toEqual({ args, status: expected });
      const document = JSON.parse(stdout);
      expect(document.schemaVersion).toBe(1);
      if (expected !== 0)
        expect(document.error).toMatchObject({ code: expect.any(String), message: expect.any(String) });
    }
    expect(existsSync(join(box, "x"))).toBe(false);
  });

  it("says in doctor what a browser can do here, and what to do where there is none", () => {
    const { INIT_CWD: _, ...env } = process.env;
    const doctor = (chromium: string | undefined) => {
      const { ESPALIER_CHROMIUM: __, ...rest } = env;
      const { stdout } = spawnSync(process.execPath, [MAIN, "doctor", "--json"], {
        cwd: box,
        encoding: "utf8",
        env: { ...rest, ...(chromium === undefined ? {} : { ESPALIER_CHROMIUM: chromium }) },
      });
      return JSON.parse(stdout);
    };
    const broken = join(box, "no-browser");
    writeFileSync(broken, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    const without = doctor(broken);
    expect(without.chromium).toMatch(/^not usable\. /);
    expect(without.targets.web).toMatch(/^read and plan only\. Install one \(apt-get install chromium/);
    expect(without.targets.cpu).toBe("prune, prove, measure");
    if (!env.ESPALIER_CHROMIUM) return;
    const found = doctor(env.ESPALIER_CHROMIUM);
    expect(found.chromium).toMatch(/^\d+\..*, \d+ threads? in an isolated page$/);
    expect(found.chromium).toContain(env.ESPALIER_CHROMIUM);
    expect(found.targets.web).toBe("prune, prove, measure in this Chromium");
    expect(found.webgpu).not.toBe("");
  });

  it("writes no escape codes where there is no terminal", () => {
    for (const args of [
      ["inspect", "digits.onnx"],
      ["doctor"],
      ["prune", "digits.onnx", "--target", "cpu", "--ratio", "0.2", "--out", "plain"],
    ]) {
      const { stdout, stderr } = espalier(...args);
      expect(`${stdout}${stderr}`).not.toContain("\u001b");
    }
  });

  it("survives a reader that stops reading", () => {
    const { status, stderr } = spawnSync(
      "sh",
      ["-c", `"${process.execPath}" "${MAIN}" inspect digits.onnx --members | head -n 1`],
      { cwd: box, encoding: "utf8" },
    );
    expect(status).toBe(0);
    expect(stderr).not.toContain("EPIPE");
  });

  it("measures with bench and says who is faster", { timeout: 120_000 }, () => {
    const { status, stdout } = espalier("bench", "digits.onnx", "one/model.onnx", "--runs", "40", "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout).results).toHaveLength(2);
  });
});

function tampered(name: string, change: (folder: string) => void): void {
  cpSync(join(box, "one"), join(box, name), { recursive: true });
  change(join(box, name));
  expect({ name, status: espalier("verify", name, "--source", "digits.onnx").status }).toEqual({
    name,
    status: 1,
  });
}

function interrupted(delayMs: number): Promise<{ code: number | null; left: string[] }> {
  const folder = mkdtempSync(join(box, "interrupt-"));
  const child: ChildProcess = spawn(
    process.execPath,
    [
      MAIN,
      "prune",
      join(box, "digits.onnx"),
      "--target",
      "cpu",
      "--ratio",
      "0.5",
      "--out",
      join(folder, "out"),
    ],
    { stdio: "ignore" },
  );
  setTimeout(() => child.kill("SIGINT"), delayMs);
  return new Promise((done) =>
    child.on("exit", (code, signal) =>
      done({ code: signal === "SIGINT" ? 130 : code, left: readdirSync(folder) }),
    ),
  );
}
