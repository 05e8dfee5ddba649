// The notebooks run, headless, each in a process of its own; and the runner does fail where it must.

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

interface Cell {
  readonly cell_type: string;
  readonly id: string;
  readonly source: readonly string[];
  readonly metadata: { readonly tags?: readonly string[] };
  readonly outputs?: readonly { name?: string; data?: Record<string, string | readonly string[]> }[];
}

const folder = fileURLToPath(new URL("../../notebooks/", import.meta.url));
const notebooks = readdirSync(folder).filter((name) => /^\d\d-/.test(name));

describe.each(notebooks)("%s", (notebook) => {
  const path = join(folder, notebook, `${notebook}.ipynb`);
  const text = readFileSync(path, "utf8");
  const cells: readonly Cell[] = JSON.parse(text).cells;
  const code = cells.filter(({ cell_type }) => cell_type === "code");

  test("runs without errors and prints what is saved", async () => {
    expect(await run("--timeout", "110", path)).toMatchObject({ status: 0, stderr: "" });
  });

  test("names the committed kernel", () => {
    const { name, display_name } = JSON.parse(text).metadata.kernelspec;
    const spec = JSON.parse(readFileSync(join(folder, "jupyter", "kernels", name, "kernel.json"), "utf8"));
    expect(display_name).toBe(spec.display_name);
  });

  test("has a name of its own for every cell", () => {
    expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length);
  });

  test("holds no path of a machine, no warning and no large picture", () => {
    expect(text).not.toMatch(/\/(home|root|work|tmp|Users)\//);
    for (const { outputs = [] } of code) {
      for (const { name, data = {} } of outputs) {
        expect(name).not.toBe("stderr");
        if ("image/png" in data)
          expect(Object.keys(data)).toEqual(["image/png", "image/svg+xml", "text/plain"]);
        for (const value of Object.values(data)) expect(value.length).toBeLessThan(100_000);
      }
    }
  });

  test("has short cells, and asserts something", () => {
    const long = code.filter(({ source }) => source.length > 15).map(({ id }) => id);
    expect(long).toEqual([]);
    expect(code.filter(({ source }) => source.join("").includes("assert.")).length).toBeGreaterThan(0);
  });
});

test("the micro-prune notebook does it from scratch in fewer than 100 lines", () => {
  const path = join(folder, "00-micro-prune", "00-micro-prune.ipynb");
  const cells: readonly Cell[] = JSON.parse(readFileSync(path, "utf8")).cells;
  const scratch = cells.filter(({ metadata }) => metadata.tags?.includes("from-scratch"));
  const lines = scratch.flatMap(({ source }) => source).filter((line) => line.trim() !== "");
  expect(lines.length).toBeGreaterThan(50);
  expect(lines.length).toBeLessThan(100);
  expect(lines.join("")).not.toMatch(/\b(import|require)\b/);
});

describe("the runner", () => {
  let temporary = "";
  beforeAll(() => {
    mkdirSync(join(folder, ".cache"), { recursive: true });
    temporary = mkdtempSync(join(folder, ".cache", "test-"));
  });
  afterAll(() => rmSync(temporary, { recursive: true, force: true }));

  test("fails on a type error, before the cell runs", async () => {
    const path = write("types", [
      "const one = 1;",
      'console.error("RAN"); const text: string = one;',
      "1 + 1;",
    ]);
    const { status, stderr } = await run(path);
    expect(status).toBe(1);
    expect(stderr).toContain("Code cell 2:");
    expect(stderr).toContain('  | console.error("RAN"); const text: string = one;');
    expect(stderr).toContain("Type 'number' is not assignable to type 'string'");
    expect(stderr.replace(/^ {2}\| .*$/gm, "")).not.toContain("RAN");
  });

  test("fails on a throw, and runs no further", async () => {
    const { status, stdout, stderr } = await run(
      write("throw", ["const a = 1;", 'throw new Error("the sum is wrong");', "setInterval(() => a, 10);"]),
    );
    expect(status).toBe(1);
    expect(stdout).toMatch(/^FAILED throw\.ipynb/);
    expect(stderr).toContain("Code cell 2:");
    expect(stderr).toContain("the sum is wrong");
  });

  test("fails on a rejected promise that nobody awaits, in the cell that made it", async () => {
    const source = 'const floating = Promise.reject(new Error("lost"));';
    const { status, stderr } = await run(write("floating", [source, "const after = 1;"]));
    expect(status).toBe(1);
    expect(stderr).toContain("Code cell 1:");
    expect(stderr).toContain("A promise was rejected and nobody waits for it");
    expect(stderr).toContain("Error: lost");
  });

  test("fails on a rejection that comes after the last cell", async () => {
    const source = 'setTimeout(() => Promise.reject(new Error("late")), 100);\nconst done = 1;';
    const { status, stderr } = await run(write("late", [source]));
    expect(status).toBe(1);
    expect(stderr).toContain("Error: late");
  });

  test("fails when the process ends early, even with success", async () => {
    const { status, stderr } = await run(write("exit", ["process.exit(0);"]));
    expect(status).toBe(1);
    expect(stderr).toContain("ended (status 0) before the notebook was done");
  });

  test("stops a notebook that never ends", async () => {
    const { status, stderr } = await run("--timeout", "5", write("endless", ["while (true) {}"]));
    expect(status).toBe(1);
    expect(stderr).toContain("was stopped after 5 s");
  });

  test("runs the other notebooks after a failure", async () => {
    const { status, stdout } = await run(write("bad", ["null.x;"]), write("good", ["const fine = 1;"]));
    expect(status).toBe(1);
    expect(stdout).toMatch(/FAILED bad\.ipynb.*\nok {5}good\.ipynb/);
  });

  test("fails on a notebook that is not there", async () => {
    expect((await run("nowhere/nothing.ipynb")).stderr).toMatch(/There is no .*nothing\.ipynb/);
  });

  test("saves outputs with --write, the same bytes each time, and notices when they are stale", async () => {
    const path = write("stale", ['console.log("a");\nconsole.log("b");', "const quiet = 1;"]);
    expect((await run(path)).stderr).toContain("Code cell 1: the saved output is not what it prints now");
    expect((await run("--write", path)).status).toBe(0);
    const saved = readFileSync(path, "utf8");
    const [first, second] = JSON.parse(saved).cells;
    expect(first.outputs).toEqual([{ output_type: "stream", name: "stdout", text: ["a\n", "b\n"] }]);
    expect(first.execution_count).toBe(1);
    expect(second.outputs).toEqual([]);
    expect(await run("--write", path)).toMatchObject({ status: 0, stderr: "" });
    expect(readFileSync(path, "utf8")).toBe(saved);
    writeFileSync(path, saved.replace('"b\\n"', '"c\\n"'));
    expect((await run(path)).status).toBe(1);
  });

  test("does not save a notebook that failed", async () => {
    const path = write("unsaved", ['console.log("a");', "null.x;"]);
    const before = readFileSync(path, "utf8");
    expect((await run("--write", path)).status).toBe(1);
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  /** A notebook of code cells. */
  function write(name: string, sources: readonly string[]): string {
    const cells = sources.map((source, i) => ({
      cell_type: "code",
      id: `cell-${i}`,
      metadata: {},
      execution_count: null,
      outputs: [],
      source: source.split(/(?<=\n)/),
    }));
    const path = join(temporary, `${name}.ipynb`);
    writeFileSync(
      path,
      `${JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`,
    );
    return path;
  }
});

function run(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const { INIT_CWD: _, ...env } = process.env;
  return new Promise((done) => {
    const options = { cwd: dirname(folder), env, timeout: 115_000 };
    execFile(process.execPath, [join(folder, "run.mjs"), ...args], options, (error, stdout, stderr) => {
      done({ status: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}
