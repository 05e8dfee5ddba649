// Ctrl-C while output is being written: the write stops at its next step, cleans up, and then the signal
// has its usual effect, unless the program handles it itself.

import { EspalierError } from "@espalier/ir";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface InterruptGuard {
  /** @throws EspalierError `ABORTED` once a signal came */
  check(): void;
  /** Ends the guard; a signal that came is raised again if nothing else listens to it. */
  release(): void;
}

/** @param cleanUp  called synchronously when the process exits before `release` */
export function guardInterrupts(cleanUp: () => void): InterruptGuard {
  let received: NodeJS.Signals | null = null;
  const onSignal = (signal: NodeJS.Signals) => {
    received ??= signal;
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on("exit", cleanUp);
  return {
    check() {
      if (received !== null) throw new EspalierError("ABORTED", `Interrupted by ${received}`);
    },
    release() {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      process.off("exit", cleanUp);
      if (received !== null && process.listenerCount(received) === 0) process.kill(process.pid, received);
    },
  };
}
