// docs/tflite-file.md: its example runs as it stands there.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readTflite } from "@espalier/tflite";
import { afterAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("docs/tflite-file.md", () => {
  const folder = mkdtempSync(join(root, "test/node/.tflite-page-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("shows how a file is read, changed and written", async () => {
    const page = readFileSync(join(root, "docs/tflite-file.md"), "utf8");
    const [, code] = /```ts\n(.*?)```/s.exec(page) ?? [];
    const file = join(folder, "example.ts");
    writeFileSync(file, code as string);
    const example = await import(/* @vite-ignore */ pathToFileURL(file).href);
    const bytes = readFileSync(join(root, "packages/tflite/fixtures/conv-float32.tflite"));
    const smaller: Uint8Array = example.withoutNames(bytes);
    const names = readTflite(smaller).subgraphs.flatMap(({ tensors }) => tensors.map(({ name }) => name));
    expect(new Set(names)).toEqual(new Set([""]));
    expect(smaller.byteLength).toBeLessThan(bytes.byteLength);
    expect(example.options).toEqual({
      type: "Pool2DOptions",
      padding: "SAME",
      strideW: 2,
      strideH: 2,
      filterWidth: 2,
      filterHeight: 2,
      fusedActivation: "NONE",
    });
  });
});
