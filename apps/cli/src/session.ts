// One run of the command: output, progress, cancellation, the engine. Made once, handed to the command.

import { EXIT } from "@espalier/deploy";
import { type Engine, openEngine } from "./engine.js";
import { createOutput, type Output } from "./output/console.js";
import { createProgress, type Progress } from "./output/progress.js";
import { type OpenTarget, openTarget } from "./target.js";

/** How long an interrupted command may take to clear up before it is ended. */
const GRACE_MS = 10_000;

export interface CommandSession {
  readonly output: Output;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Command line as the user could type it again. */
  readonly commandLine: readonly string[];
  engine(): Promise<Engine>;
  /** The target of this command with its runtime, opened once. */
  target(name: string): Promise<OpenTarget>;
  /** Ends what was opened. */
  close(): Promise<void>;
}

export function openSession(args: readonly string[], json: boolean): CommandSession {
  const abort = new AbortController();
  const output = createOutput(json);
  let engine: Promise<Engine> | undefined;
  const targets = new Map<string, Promise<OpenTarget>>();
  const openEngineOnce = (): Promise<Engine> => {
    engine ??= openEngine();
    return engine;
  };
  const interrupt = (): void => {
    // Exit handlers remove what is half-written.
    if (abort.signal.aborted) process.exit(EXIT.interrupted);
    abort.abort();
    setTimeout(() => process.exit(EXIT.interrupted), GRACE_MS).unref();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
  return {
    output,
    progress: createProgress(),
    signal: abort.signal,
    commandLine: ["espalier", ...args],
    engine: openEngineOnce,
    target: (name) => {
      const open = targets.get(name) ?? openEngineOnce().then((ready) => openTarget(name, ready));
      targets.set(name, open);
      return open;
    },
    close: async () => {
      await Promise.allSettled([...targets.values()].map(async (target) => (await target).close()));
    },
  };
}
