// The Host of a page: hashes, compressed sizes, clocks, and what the browser tells of the machine.

import type { Host } from "@espalier/core";
import { EspalierError } from "@espalier/ir";

/** What Chromium tells beside the standard. */
interface MoreNavigator {
  readonly deviceMemory?: number;
  readonly userAgentData?: { readonly platform: string };
}

/**
 * The Host of this page or worker. `gzipSize` is at the browser's level; browsers do not compress with brotli.
 *
 * @throws EspalierError `UNAVAILABLE` from `sha256` in a page that was loaded over plain http
 */
export function webHost(): Host {
  return {
    async sha256(bytes) {
      if (globalThis.crypto?.subtle === undefined) {
        throw new EspalierError("UNAVAILABLE", "This page cannot compute digests", {
          unblock: "Serve it over https or from localhost.",
        });
      }
      const chunks = bytes instanceof Uint8Array ? [bytes] : bytes;
      const digest = await crypto.subtle.digest("SHA-256", await blobOf(chunks).arrayBuffer());
      return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
    },
    gzipSize: typeof CompressionStream === "undefined" ? null : gzipSize,
    brotliSize: null,
    now: () => performance.now(),
    timestamp: () => new Date().toISOString(),
    machine: () => {
      const { userAgent, hardwareConcurrency, deviceMemory, userAgentData } = navigator as Navigator &
        MoreNavigator;
      return {
        browser: userAgent,
        cores: hardwareConcurrency,
        ...(deviceMemory === undefined ? {} : { memoryGiBAtLeast: deviceMemory }),
        ...(userAgentData === undefined ? {} : { platform: userAgentData.platform }),
        crossOriginIsolated: String(globalThis.crossOriginIsolated === true),
      };
    },
  };
}

function blobOf(chunks: readonly Uint8Array[]): Blob {
  return new Blob(chunks as Uint8Array<ArrayBuffer>[]);
}

async function gzipSize(chunks: readonly Uint8Array[]): Promise<number> {
  const reader = blobOf(chunks).stream().pipeThrough(new CompressionStream("gzip")).getReader();
  let size = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) size += read.value.byteLength;
  return size;
}
