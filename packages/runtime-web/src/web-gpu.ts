// Whether this browser has a WebGPU adapter, and which.

import type { Unavailable } from "@espalier/core";

export interface WebGpuAdapter {
  readonly vendor: string;
  readonly architecture: string;
  /** Computed on the CPU: good for correctness, not for speed. */
  readonly software: boolean;
  /** Half-precision shaders. */
  readonly float16: boolean;
}

/** The part of the WebGPU interface that is used here. */
interface Gpu {
  requestAdapter(): Promise<{
    readonly info: {
      readonly vendor: string;
      readonly architecture: string;
      readonly isFallbackAdapter?: boolean;
    };
    readonly features: { has(name: string): boolean };
  } | null>;
}

/** Asks for an adapter as the engine "webgpu" does. */
export async function findWebGpu(): Promise<WebGpuAdapter | Unavailable> {
  const { gpu } = navigator as unknown as { readonly gpu?: Gpu };
  const adapter = (await gpu?.requestAdapter()) ?? null;
  if (adapter === null) {
    return {
      unavailable: "UNAVAILABLE",
      unblock:
        gpu === undefined
          ? "This browser has no WebGPU, or the page is not served over https or from localhost."
          : "This browser has WebGPU but no adapter: it finds no graphics card that it trusts.",
    };
  }
  const { vendor, architecture, isFallbackAdapter } = adapter.info;
  return {
    vendor,
    architecture,
    software: isFallbackAdapter === true || architecture === "swiftshader",
    float16: adapter.features.has("shader-f16"),
  };
}
