// The Host of Node: hashes, compressed sizes, clocks, and what the machine is.

import { createHash } from "node:crypto";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import type { Transform } from "node:stream";
import { constants, createBrotliCompress, createGzip } from "node:zlib";
import type { Cache, Host } from "@espalier/core";
import { cacheFolder, folderCache } from "./files/cache.js";
import { rememberedSize } from "./files/remembered-size.js";

const MIB = 1024 * 1024;
const LARGEST_AT_FULL_QUALITY = 8 * MIB;

export interface NodeHostOptions {
  /** @default the user's cache folder; null keeps nothing */
  readonly cache?: Cache | null;
}

/**
 * The Host of this process.
 *
 * `gzipSize` is at level 9; `brotliSize` at quality 11 up to 8 MiB and at quality 9 above, where quality 11
 * would take minutes. Sizes by brotli are kept in the cache, by the digest of what was compressed.
 */
export function nodeHost(options: NodeHostOptions = {}): Host {
  const cache = options.cache === undefined ? folderCache(cacheFolder()) : options.cache;
  return {
    cache,
    sha256: async (bytes) => sha256(bytes instanceof Uint8Array ? [bytes] : bytes),
    gzipSize: (chunks) => compressedSize(createGzip({ level: 9 }), chunks),
    brotliSize: (chunks) => {
      const total = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
      const quality = total > LARGEST_AT_FULL_QUALITY ? 9 : 11;
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: quality,
        [constants.BROTLI_PARAM_SIZE_HINT]: Math.min(total, 2 ** 30),
      };
      return rememberedSize(
        cache,
        total,
        () => `brotli-${process.versions.brotli}-${quality}-${sha256(chunks)}`,
        () => compressedSize(createBrotliCompress({ params }), chunks),
      );
    },
    now: () => performance.now(),
    timestamp: () => new Date().toISOString(),
    machine: () => ({
      cpu: cpus()[0]?.model.trim() ?? "unknown",
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      platform: `${process.platform} ${process.arch}`,
      os: release(),
      node: process.versions.node,
    }),
  };
}

function sha256(chunks: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}

function compressedSize(compressor: Transform, chunks: readonly Uint8Array[]): Promise<number> {
  return new Promise((resolve, reject) => {
    let size = 0;
    compressor.on("data", (chunk: Uint8Array) => {
      size += chunk.byteLength;
    });
    compressor.on("end", () => resolve(size));
    compressor.on("error", reject);
    for (const chunk of chunks) compressor.write(chunk);
    compressor.end();
  });
}
