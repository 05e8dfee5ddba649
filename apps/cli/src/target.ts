// The target that a command is about, with a runtime on which its claims are made: the native engine for the CPU,
// a Chromium that is opened for it for the browser; for TensorRT the native engine proves, and nothing is timed.

import type { Runtime, Target } from "@espalier/core";
import { cpu } from "@espalier/cpu";
import { EspalierError } from "@espalier/ir";
import { tensorrt } from "@espalier/tensorrt";
import { web } from "@espalier/web";
import type { Engine } from "./engine.js";

/** Targets of this version by name. */
export const TARGETS: Readonly<Record<string, Target>> = { cpu, web, tensorrt };

export interface OpenTarget {
  readonly target: Target;
  readonly runtime: Runtime;
  close(): Promise<void>;
}

/** @throws EspalierError `UNAVAILABLE` where what the target needs is missing; `UNSUPPORTED` for another target */
export async function openTarget(name: string, engine: Engine): Promise<OpenTarget> {
  const target = TARGETS[name];
  if (target === undefined) {
    throw new EspalierError("UNSUPPORTED", "This version has no such target", {
      expected: Object.keys(TARGETS).join(", "),
      found: name,
    });
  }
  if (target !== web) return { target, runtime: engine.runtime, close: async () => {} };
  const { chromiumRuntime } = await import("@espalier/runtime-web/node").catch((cause) => {
    throw new EspalierError(
      "UNAVAILABLE",
      "The browser's engine is not installed",
      { unblock: "Install it: npm i @espalier/runtime-web playwright-core" },
      { cause },
    );
  });
  const runtime = await chromiumRuntime();
  return { target, runtime, close: () => runtime.close() };
}
