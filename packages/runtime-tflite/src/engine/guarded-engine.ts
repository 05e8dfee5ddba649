// An interpreter with a ceiling on its memory, and with failures that say what it printed.

import type { ModelPorts } from "../model-ports.js";
import type { LoadedModel, TfliteEngine } from "./engine.js";
import { EngineLog } from "./engine-log.js";
import { boundLinearMemory } from "./memory-ceiling.js";

/** What the parent tells about loading a model. */
export interface LoadSettings {
  readonly ports: ModelPorts;
  readonly threads: number;
  /** Linear memory beyond what the interpreter takes before it sees the model; null for no bound. */
  readonly memoryBytes: number | null;
}

export interface GuardedEngine {
  load(bytes: Uint8Array, settings: LoadSettings): Promise<LoadedModel>;
  memoryBytes(): number;
}

/** @param start makes the interpreter, which prints with what it is given */
export async function guardEngine(
  start: (print: EngineLog["print"]) => Promise<TfliteEngine>,
): Promise<GuardedEngine> {
  const ceiling = boundLinearMemory();
  const log = new EngineLog();
  const engine = await start(log.print);
  const guard = <T>(work: () => T): T => {
    ceiling.reached = false;
    log.clear();
    try {
      const done = work();
      if (ceiling.reached) throw new Error("an allocation failed");
      log.requireNoError();
      return done;
    } catch (error) {
      const explained = log.explain(error);
      if (!ceiling.reached) throw explained;
      throw new Error(`out of memory: ${explained.message}`, { cause: error });
    }
  };
  return {
    async load(bytes, { ports, threads, memoryBytes }) {
      ceiling.limitBytes = memoryBytes === null ? null : engine.memoryBytes() + memoryBytes;
      const model = guard(() => engine.load(bytes, ports, threads));
      return {
        feed: (inputs) => guard(() => model.feed(inputs)),
        run: () => guard(() => model.run()),
        fetch: () => guard(() => model.fetch()),
        release: () => model.release(),
      };
    },
    memoryBytes: () => engine.memoryBytes(),
  };
}
