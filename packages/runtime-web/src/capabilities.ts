// What this page can do, and why not more.

import type { RuntimeCapabilities } from "@espalier/core";
import type { WebEngine } from "./engine.js";

export interface WebRuntimeCapabilities extends RuntimeCapabilities {
  /** Whether the page is isolated from other origins, which is what threads need. */
  readonly crossOriginIsolated: boolean;
  /** Why there is one thread only; null where there are more. */
  readonly threadsNote: string | null;
}

export interface PageFacts {
  readonly crossOriginIsolated: boolean;
  readonly cores: number;
}

const NOT_ISOLATED =
  "one thread: the page is not isolated from other origins; serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp";

/** What the page of this script says about itself. */
export function pageFacts(): PageFacts {
  return {
    crossOriginIsolated: globalThis.crossOriginIsolated === true,
    cores: navigator.hardwareConcurrency ?? 1,
  };
}

/** @param threads what the user wants; as many as there are cores when undefined */
export function capabilitiesOf(
  engine: WebEngine,
  { crossOriginIsolated, cores }: PageFacts,
  threads: number | undefined,
): WebRuntimeCapabilities {
  const possible = crossOriginIsolated ? Math.max(1, threads ?? cores) : 1;
  const note = !crossOriginIsolated
    ? NOT_ISOLATED
    : threads === 1
      ? "one thread: it was asked for"
      : "one thread: the browser tells of one core";
  return {
    engine,
    threads: possible,
    float64: true,
    maxOpset: 26,
    crossOriginIsolated,
    threadsNote: possible > 1 ? null : note,
  };
}
