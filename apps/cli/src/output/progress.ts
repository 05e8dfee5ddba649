// Progress on stderr: a bar on a terminal, else one plain line when a phase begins.

import type { ProgressEvent, ProgressListener } from "@espalier/core";
import { SingleBar } from "cli-progress";

export interface Progress {
  readonly listener: ProgressListener;
  stop(): void;
}

export function createProgress(quiet: boolean): Progress {
  if (quiet) return { listener: () => {}, stop: () => {} };
  if (!process.stderr.isTTY || process.env.CI) return plainProgress();
  const bar = new SingleBar({
    stream: process.stderr,
    format: "  {phase} [{bar}] {value}/{total} {unit}  {eta_formatted} left",
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
  });
  let phase: string | null = null;
  return {
    listener: (event: ProgressEvent) => {
      if (event.phase !== phase) {
        if (phase !== null) bar.stop();
        phase = event.phase;
        bar.start(event.total, event.done, { phase: event.phase, unit: event.unit });
      } else bar.update(event.done, { phase: event.phase, unit: event.unit });
    },
    stop: () => {
      if (phase !== null) bar.stop();
      phase = null;
    },
  };
}

function plainProgress(): Progress {
  let phase: string | null = null;
  return {
    listener: (event) => {
      if (event.phase === phase) return;
      phase = event.phase;
      process.stderr.write(`${event.phase}: ${event.total} ${event.unit}\n`);
    },
    stop: () => {},
  };
}
