// The target that a command is about, with the runtimes on which its claims are made: the native engine for proofs, and
// where the artefact will run on another one, that: a Chromium opened for the browser, an interpreter for TFLite. For
// TensorRT the native engine proves, and nothing is timed.

import type { Deployment, Runtime, Target, Unavailable } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import type { Engine } from "./engine.js";

/** Targets load when they are asked for: most commands need one. */
const TARGETS: Readonly<Record<string, () => Promise<Target>>> = {
  cpu: async () => (await import("@espalier/cpu")).cpu,
  web: async () => (await import("@espalier/web")).web,
  tflite: async () => (await import("@espalier/tflite")).tflite,
  tensorrt: async () => (await import("@espalier/tensorrt")).tensorrt,
};

/** Targets of this version. */
export const TARGET_NAMES: readonly string[] = Object.keys(TARGETS);

export interface OpenTarget {
  readonly target: Target;
  readonly world: Deployment;
  close(): Promise<void>;
}

/** @throws EspalierError `UNAVAILABLE` where what the target needs is missing; `UNSUPPORTED` for another target */
export async function openTarget(name: string, engine: Engine): Promise<OpenTarget> {
  const target = await loadTarget(name);
  if (target === null) {
    throw new EspalierError("UNSUPPORTED", "This version has no such target", {
      expected: TARGET_NAMES.join(", "),
      found: name,
    });
  }
  if (name === "web") {
    const runtime = await openChromium();
    return { target, world: { runtime }, close: () => runtime.close() };
  }
  const deployment = await openDeployment(name);
  return {
    target,
    world: { runtime: engine.runtime, ...(deployment === null ? {} : { deployment }) },
    close: async () => {},
  };
}

/** The target of that name; null for one that this version does not have. */
export async function loadTarget(name: string): Promise<Target | null> {
  return Object.hasOwn(TARGETS, name) ? ((await TARGETS[name]?.()) ?? null) : null;
}

/** The runtime that artefacts of a target are for, or why it is not here; null where that is the engine itself. */
export async function openDeployment(name: string): Promise<Runtime | Unavailable | null> {
  if (name !== "tflite") return null;
  const { onnxOnTflite } = await import("@espalier/tflite");
  const found = await import("@espalier/runtime-tflite/node").catch(() => null);
  if (found !== null) return onnxOnTflite(found.nodeTfliteRuntime());
  return {
    unavailable: "NO_TFLITE_RUNTIME",
    unblock: "Install an interpreter: npm i @espalier/runtime-tflite",
  };
}

async function openChromium() {
  const { chromiumRuntime } = await import("@espalier/runtime-web/node").catch((cause) => {
    throw new EspalierError(
      "UNAVAILABLE",
      "The browser's engine is not installed",
      { unblock: "Install it: npm i @espalier/runtime-web playwright-core" },
      { cause },
    );
  });
  return chromiumRuntime();
}
