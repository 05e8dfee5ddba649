import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { explanations } from "./codes.js";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(`${ROOT}docs`)
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  ...readdirSync(`${ROOT}apps`).map((name) => `apps/${name}/README.md`),
].filter((page) => page !== "apps/cli/README.md");

/** Names of other people's that look like codes: environment variables, Node's errors, operators of TFLite. */
const FOREIGN = [
  /^ESPALIER_|^JUPYTER_PATH$/,
  /^ERR_/,
  /^(HARD_SWISH|LEAKY_RELU|RELU_N1_TO_1|RESIZE_BILINEAR)$/,
];

/** Words in capitals with an underscore, and whatever stands first in the rows of a table of codes. */
function codesIn(page: string): string[] {
  const lines = readFileSync(ROOT + page, "utf8").split("\n");
  let table = false;
  return lines.flatMap((line) => {
    table = line.startsWith("|") && (table || /^\|\s*Code\s*\|/i.test(line));
    const words = [...line.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)`/g)].map(([, word]) => word as string);
    const [, cell = ""] = table ? line.split("|") : [];
    return words.filter((word) => word.includes("_") || cell.includes(`\`${word}\``));
  });
}

describe("explanations", () => {
  it("exist for every code that a page names", async () => {
    const known = await explanations();
    const missing = PAGES.flatMap((page) =>
      codesIn(page)
        .filter((code) => !known.has(code) && !FOREIGN.some((name) => name.test(code)))
        .map((code) => `${page}: ${code}`),
    );
    expect(missing).toEqual([]);
    expect(codesIn("docs/tensorrt.md")).toContain("FLOAT32_OVERFLOW");
    expect(codesIn("docs/tflite.md")).toContain("NO_TFLITE_RUNTIME");
  });

  it("tell the error from the reason, and keep both where a code is both", async () => {
    const known = await explanations();
    expect(known.get("OVERFLOW")?.texts.join()).toContain("2^53");
    expect(known.get("FLOAT32_OVERFLOW")?.texts.join()).toContain("65504");
    expect(known.get("NONFINITE")?.texts).toHaveLength(2);
    for (const [code, { texts }] of known)
      for (const text of texts) expect(text.length, code).toBeGreaterThan(10);
  });
});
