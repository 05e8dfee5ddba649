// What the browser of this machine can do, for a report on the machine.

import { isUnavailable, type Unavailable } from "@espalier/core";
import { isEspalierError } from "@espalier/ir";
import type { WebGpuAdapter } from "../web-gpu.js";
import { type ChromiumRuntimeOptions, chromiumRuntime } from "./chromium-runtime.js";
import type { ChromiumOptions } from "./playwright.js";

export interface ChromiumReport {
  readonly executablePath: string;
  readonly version: string;
  /** WebAssembly threads in an isolated page. */
  readonly threads: number;
  /** The adapter of a graphics card, else a software one, else what is missing. */
  readonly webgpu: WebGpuAdapter | Unavailable;
}

/** Opens a Chromium and asks it. Takes a second or two; computes nothing. */
export async function probeChromium(options: ChromiumOptions = {}): Promise<ChromiumReport | Unavailable> {
  const withWebGpu = await probe({ ...options, engine: "webgpu" });
  return isUnavailable(withWebGpu) ? probe({ ...options, engine: "wasm" }) : withWebGpu;
}

async function probe(options: ChromiumRuntimeOptions): Promise<ChromiumReport | Unavailable> {
  try {
    const runtime = await chromiumRuntime(options);
    const { chromium, capabilities, webgpu } = runtime;
    await runtime.close();
    return { ...chromium, threads: capabilities.threads, webgpu };
  } catch (error) {
    if (!isEspalierError(error, "UNAVAILABLE")) throw error;
    return { unavailable: error.code, unblock: error.context.unblock ?? error.message };
  }
}
