import { brotliCompressSync, brotliDecompressSync, constants, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { nodeHost } from "./host.js";

const host = nodeHost();
const chunks = [new TextEncoder().encode("prune ".repeat(1000)), new TextEncoder().encode("and train")];
const whole = Buffer.concat(chunks);

describe("the host", () => {
  it("hashes bytes and chunks alike", async () => {
    const abc = new TextEncoder().encode("abc");
    const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(await host.sha256(abc)).toBe(digest);
    expect(await host.sha256([abc.subarray(0, 1), abc.subarray(1)])).toBe(digest);
    expect(await host.sha256([])).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  it("knows the compressed sizes", async () => {
    expect(await host.gzipSize?.(chunks)).toBe(gzipSync(whole, { level: 9 }).byteLength);
    const brotli = brotliCompressSync(whole, {
      params: { [constants.BROTLI_PARAM_SIZE_HINT]: whole.length },
    });
    expect(brotliDecompressSync(brotli)).toEqual(whole);
    expect(Math.abs(((await host.brotliSize?.(chunks)) ?? 0) - brotli.byteLength)).toBeLessThan(16);
  });

  it("knows the compressed size of nothing", async () => {
    expect(await host.gzipSize?.([])).toBe(20);
    expect(await host.brotliSize?.([])).toBe(1);
  });

  it("has a clock that only goes forward, a timestamp and a machine", () => {
    const before = host.now();
    expect(host.now()).toBeGreaterThanOrEqual(before);
    expect(host.timestamp()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(host.machine()).toMatchObject({ node: process.versions.node, cores: expect.any(Number) });
  });
});
