// Progress on stderr: a bar on a terminal, else one plain line when a phase begins.

import type { ProgressEvent, ProgressListener } from "@espalier/core";
import { SingleBar } from "cli-progress";
import { useColor } from "./console.js";
import { printable } from "./table.js";

export interface Progress {
  readonly listener: ProgressListener;
  /** A step whose length nobody knows. */
  phase(name: string): void;
  stop(): void;
}

export function createProgress(): Progress {
  // A bar is made of escape codes: none where colour is not wanted, none in a pipe even where it is.
  return process.stderr.isTTY && useColor(process.stderr) ? barProgress() : plainProgress();
}

function barProgress(): Progress {
  const bar = new SingleBar({
    stream: process.stderr,
    format: "  {phase} [{bar}] {value}/{total} {unit}  {eta_formatted} left",
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    gracefulExit: false,
    etaBuffer: 50,
  });
  let phase: string | null = null;
  const stop = (): void => {
    if (phase !== null) bar.stop();
    phase = null;
  };
  // An interrupted bar gives the cursor back.
  process.on("exit", stop);
  return {
    listener: (event: ProgressEvent) => {
      if (event.phase !== phase) {
        stop();
        phase = event.phase;
        bar.start(event.total, event.done, { phase: event.phase, unit: event.unit });
      } else bar.update(event.done, { phase: event.phase, unit: event.unit });
    },
    phase: (name) => {
      stop();
      process.stderr.write(`  ${printable(name)} …\n`);
    },
    stop,
  };
}

function plainProgress(): Progress {
  let phase: string | null = null;
  const begin = (name: string, line: string): void => {
    if (name === phase) return;
    phase = name;
    process.stderr.write(`  ${printable(line)}\n`);
  };
  return {
    listener: ({ phase: name, total, unit }) => begin(name, `${name}: ${total} ${unit}`),
    phase: (name) => begin(name, `${name} …`),
    stop: () => {},
  };
}
