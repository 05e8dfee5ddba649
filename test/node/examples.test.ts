// What examples/ holds runs on the built packages, and is what the README shows. Runs dist/, so build first.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readReceipt } from "@espalier/core";
import { expect, it } from "vitest";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

it("prunes from code as the README says", () => {
  const box = mkdtempSync(join(tmpdir(), "espalier-examples-"));
  const args = [at("examples/prune.mjs"), at("apps/cli/models/digits.onnx"), join(box, "out")];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/MACs \d+ → \d+, maxRel \d/);
  const receipt = readReceipt(new Uint8Array(readFileSync(join(box, "out", "receipt.json"))));
  expect(receipt.artefact?.bytes).toBe(readFileSync(join(box, "out", "model.onnx")).byteLength);
  rmSync(box, { recursive: true });

  const [, snippet = ""] = readFileSync(at("README.md"), "utf8").split("```ts\n");
  const shown = (snippet.split("```")[0] ?? "").trim().split("\n\n");
  expect(shown).toHaveLength(2);
  for (const part of shown) expect(readFileSync(args[0] as string, "utf8")).toContain(part);
});
