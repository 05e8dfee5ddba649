// One run of the command: output, progress, cancellation, the engine. Made once, handed to the command.

import { type Engine, openEngine } from "./engine.js";
import { createOutput, type Output } from "./output/console.js";
import { createProgress, type Progress } from "./output/progress.js";

export interface CommandSession {
  readonly output: Output;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Command line as the user could type it again. */
  readonly commandLine: readonly string[];
  engine(threads?: number): Promise<Engine>;
}

export function openSession(args: readonly string[], json: boolean): CommandSession {
  const abort = new AbortController();
  const interrupt = (): void => {
    if (abort.signal.aborted) process.exit(130);
    abort.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return {
    output: createOutput(json),
    progress: createProgress(json),
    signal: abort.signal,
    commandLine: ["espalier", ...args],
    engine: openEngine,
  };
}
