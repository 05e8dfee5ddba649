// The Runtime on onnxruntime-node: native kernels, all CPU. Models of unknown origin and everything that is
// timed run in child processes. onnxruntime-node itself is loaded on first use.

import { availableParallelism } from "node:os";
import type {
  LatencyRequest,
  LatencyStatistics,
  LoadOptions,
  ModelBytes,
  Profiler,
  ProfilerOptions,
  RunLimits,
  Runtime,
  RuntimeCapabilities,
  Session,
  Unavailable,
} from "@espalier/core";
import { openIsolatedSession } from "./child/isolated-session.js";
import { findIsolation } from "./child/isolation.js";
import { measureFootprint } from "./measure/footprint.js";
import { measureLatency } from "./measure/latency.js";
import { openProfiler } from "./measure/profiler.js";
import { bindFreeDims } from "./onnx/bind-free-dims.js";
import { openNativeSession } from "./onnx/native-session.js";

/** The version that the package pins. */
export const ONNXRUNTIME_VERSION = "1.30.0";

export interface NodeRuntimeOptions {
  /**
   * Intra-op threads of sessions that do not say.
   *
   * @default the number of cores this process may use
   */
  readonly threads?: number;
}

export interface NodeRuntimeCapabilities extends RuntimeCapabilities {
  readonly isolation: {
    /** Children of `loadUntrusted` have a ceiling on memory and CPU time (prlimit). */
    readonly memoryCeiling: boolean;
    /** Children die with this process even inside native code (setpriv). */
    readonly diesWithParent: boolean;
    /** What to install where one is missing. */
    readonly note: string | null;
  };
}

export interface NodeRuntime extends Runtime {
  readonly capabilities: NodeRuntimeCapabilities;
}

/**
 * A Runtime on onnxruntime-node.
 *
 * @throws EspalierError on first use: `UNAVAILABLE` where onnxruntime-node is missing or does not load
 */
export function nodeRuntime(options: NodeRuntimeOptions = {}): NodeRuntime {
  const threads = options.threads ?? availableParallelism();
  const isolation = findIsolation();
  const complete = isolation.prlimit !== null && isolation.setpriv !== null;
  return {
    name: `onnxruntime-node ${ONNXRUNTIME_VERSION}`,
    capabilities: {
      engine: "native",
      threads,
      float64: true,
      maxOpset: 26,
      isolation: {
        memoryCeiling: isolation.prlimit !== null,
        diesWithParent: isolation.setpriv !== null,
        note: complete
          ? null
          : "prlimit and setpriv (util-linux) are not both at hand: models of unknown origin are stopped at their deadline only",
      },
    },
    async load(model: Uint8Array | ModelBytes, load: LoadOptions = {}): Promise<Session> {
      return openNativeSession(modelBytes(model, load), { threads, ...load });
    },
    async loadUntrusted(
      model: Uint8Array | ModelBytes,
      load: LoadOptions & RunLimits = {},
    ): Promise<Session> {
      return openIsolatedSession(modelBytes(model, load), { threads, ...load }, isolation);
    },
    measureFootprint,
    openProfiler: async (options: ProfilerOptions): Promise<Profiler> => openProfiler(options, isolation),
    measureLatency(
      request: LatencyRequest,
    ): Promise<Readonly<Record<string, LatencyStatistics>> | Unavailable> {
      return measureLatency(request, isolation, `onnxruntime-node ${ONNXRUNTIME_VERSION}`);
    },
  };
}

function modelBytes(model: Uint8Array | ModelBytes, { freeDims = {} }: LoadOptions): ModelBytes {
  return bindFreeDims(model instanceof Uint8Array ? { bytes: model } : model, freeDims);
}
