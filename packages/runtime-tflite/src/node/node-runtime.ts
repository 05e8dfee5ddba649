// A TfliteRuntime on WebAssembly in Node: an interpreter in a child process for each model. It answers what a model
// computes; how fast a phone is, it does not say.

import {
  type LatencyRequest,
  type LatencyStatistics,
  measureSideBySide,
  type TfliteRuntime,
  type TimedModel,
  type Unavailable,
} from "@espalier/core";
import { findIsolation, type Isolation, timedProcess } from "@espalier/runtime-node/child";
import { DATA_TYPES_OF } from "../engine/data-types.js";
import { ENGINES, type TfliteEngineName } from "../engine/engine-name.js";
import { openNodeSession } from "./node-session.js";
import { openNodeTimer } from "./node-timer.js";

const MEASURED_TIMEOUT_MS = 30_000;
const ONE_THREAD: Unavailable = {
  unavailable: "UNAVAILABLE",
  unblock: "The interpreters have one thread in Node.",
};

export interface NodeTfliteOptions {
  /**
   * Which interpreter computes.
   *
   * @default "litert"
   */
  readonly engine?: TfliteEngineName;
}

/**
 * A TFLite interpreter in Node.
 *
 * @throws EspalierError on first use: `UNAVAILABLE` where the package of the interpreter is missing
 */
export function nodeTfliteRuntime({ engine = "litert" }: NodeTfliteOptions = {}): TfliteRuntime {
  const { title, version } = ENGINES[engine];
  const name = `${title} ${version}, Node ${process.versions.node}`;
  const isolation = findIsolation();
  return {
    name,
    capabilities: { engine: "wasm", threads: 1, dataTypes: DATA_TYPES_OF[engine] },
    load: (model, options = {}) => openNodeSession(model, options, engine, isolation),
    async measureFootprint(model, feeds, options = {}) {
      const session = await openNodeSession(model, options, engine, isolation);
      try {
        await session.run(feeds);
        const { header } = await session.process.request({ type: "memory" });
        return { loadMs: session.loadMs, peakBytes: Number(header.peakBytes) };
      } finally {
        await session.dispose();
      }
    },
    async measureLatency(request): Promise<Readonly<Record<string, LatencyStatistics>> | Unavailable> {
      if (request.threads > 1) return ONE_THREAD;
      return measureSideBySide(request, name, ({ bytes }) =>
        openTimedModel(bytes, request, engine, isolation),
      );
    },
    openTimer: async (options) =>
      options.threads > 1 ? ONE_THREAD : openNodeTimer(options, engine, isolation),
    close: async () => {},
  };
}

async function openTimedModel(
  bytes: Uint8Array,
  { feeds, signal }: LatencyRequest,
  engine: TfliteEngineName,
  isolation: Isolation,
): Promise<TimedModel> {
  const options = { timeoutMs: MEASURED_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) };
  const session = await openNodeSession(bytes, options, engine, isolation);
  return timedProcess(
    session.process,
    () => session.pack(feeds),
    () => session.dispose(),
  );
}
