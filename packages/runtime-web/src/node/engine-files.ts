// The files of onnxruntime-web that a page loads for an engine, and what downloading them takes.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Host, SizeBytes } from "@espalier/core";
import type { WebEngine } from "../engine.js";

/** The three builds that the workers import. */
export type EngineBuild = "wasm" | "webgpu-jspi" | "webgpu-asyncify";

export interface EngineFiles {
  readonly script: string;
  readonly wasm: string;
  /** Only for threads, and only where a bundler hides the script from itself. */
  readonly mjs: string;
}

export const ENGINE_FILES: Readonly<Record<EngineBuild, EngineFiles>> = {
  wasm: {
    script: "ort.wasm.bundle.min.mjs",
    wasm: "ort-wasm-simd-threaded.wasm",
    mjs: "ort-wasm-simd-threaded.mjs",
  },
  "webgpu-jspi": {
    script: "ort.jspi.bundle.min.mjs",
    wasm: "ort-wasm-simd-threaded.jspi.wasm",
    mjs: "ort-wasm-simd-threaded.jspi.mjs",
  },
  "webgpu-asyncify": {
    script: "ort.webgpu.bundle.min.mjs",
    wasm: "ort-wasm-simd-threaded.asyncify.wasm",
    mjs: "ort-wasm-simd-threaded.asyncify.mjs",
  },
};

/** The folder of onnxruntime-web's own files. */
export function engineFolder(): string {
  return dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));
}

export interface EngineDownload {
  readonly files: readonly { readonly path: string; readonly size: SizeBytes }[];
  readonly total: SizeBytes;
}

/**
 * What a page downloads once, whatever its models: the engine's script and wasm, apart from the model's own
 * bytes. For WebGPU the build for browsers with JSPI.
 *
 * @param host compresses; sizes that it cannot tell are null
 */
export async function engineDownload(
  engine: WebEngine,
  host: Pick<Host, "gzipSize" | "brotliSize">,
): Promise<EngineDownload> {
  const { script, wasm } = ENGINE_FILES[engine === "wasm" ? "wasm" : "webgpu-jspi"];
  const files: EngineDownload["files"][number][] = [];
  for (const path of [script, wasm]) {
    const bytes = new Uint8Array(await readFile(join(engineFolder(), path)));
    const gzip = (await host.gzipSize?.([bytes])) ?? null;
    const brotli = (await host.brotliSize?.([bytes])) ?? null;
    files.push({ path, size: { raw: bytes.byteLength, gzip, brotli } });
  }
  const sum = (key: "gzip" | "brotli") =>
    files.reduce<number | null>((total, { size }) => add(total, size[key]), 0);
  const raw = files.reduce((total, { size }) => total + size.raw, 0);
  return { files, total: { raw, gzip: sum("gzip"), brotli: sum("brotli") } };
}

function add(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}
