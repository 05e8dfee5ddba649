import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadCifar10 } from "./load-cifar10.js";

const BYTES = 30_730_000;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "espalier-cifar-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A file of zeros but for its first label; holes take no room on the disk. */
function write(name: string, label: number, bytes = BYTES): void {
  const below = join(folder, "cifar10/cifar-10-batches-bin");
  mkdirSync(below, { recursive: true });
  const file = openSync(join(below, name), "w");
  ftruncateSync(file, bytes);
  writeSync(file, Uint8Array.of(label), 0, 1, 0);
  closeSync(file);
}

describe("loadCifar10", () => {
  it("reads the six published files, in their order", async () => {
    for (let number = 1; number <= 5; number++) write(`data_batch_${number}.bin`, number);
    write("test_batch.bin", 9);
    const { train, test } = await loadCifar10({ folder, cache: null, download: false });
    expect([train.count, test.count, test.labels[0]]).toEqual([50_000, 10_000, 9]);
    expect([0, 1, 2, 3, 4].map((file) => train.labels[file * 10_000])).toEqual([1, 2, 3, 4, 5]);
  });

  it("takes no file for another: too long, or one missing", async () => {
    for (let number = 1; number <= 5; number++) write(`data_batch_${number}.bin`, number);
    const place = { folder, cache: null, download: false };
    await expect(loadCifar10(place)).rejects.toThrow(/DATA_MISSING.*all but test_batch\.bin/);
    write("test_batch.bin", 1, BYTES + 1);
    await expect(loadCifar10(place)).rejects.toThrow(/LIMIT_EXCEEDED/);
    write("test_batch.bin", 1, BYTES - 1);
    await expect(loadCifar10(place)).rejects.toThrow(/TRUNCATED/);
  });
});
