// What probe files were made with, as the first line of the log of their script: with it and the network they can be made
// again, so whoever reads the log knows which file was which.

import { readJson } from "@espalier/core";
import { isEspalierError } from "@espalier/ir";
import { logError } from "./log-error.js";

export interface ProbeSettings {
  /** Of the network. */
  readonly source: string;
  readonly seed: number;
  /** Networks at other widths. */
  readonly trials: number;
  /** Their widths are multiples of it. */
  readonly step: number;
  readonly threads: number;
  /** Symbolic dimensions of the network as they were bound. */
  readonly bindings: Readonly<Record<string, number>>;
}

const MARK = "ESPALIER-PROBES";

export function settingsLine(settings: ProbeSettings): string {
  return `${MARK} ${JSON.stringify(settings)}`;
}

/** @throws EspalierError `INVALID_LOG` where the log has no such line, or a damaged one */
export function readSettings(log: string): ProbeSettings {
  const found = new RegExp(`^${MARK} (.*?)\\r?$`, "m").exec(log)?.[1];
  if (found === undefined)
    throw logError("The log is not one of the script beside probe files", `a line ${MARK} …`, "none");
  const settings = parsed(found);
  if (settings !== null) return settings;
  throw logError("What the probe files were made with cannot be read", "settings", found);
}

function parsed(text: string): ProbeSettings | null {
  try {
    const json = readJson(new TextEncoder().encode(text), { code: "INVALID_LOG" });
    const { source, seed, trials, step, threads, bindings } = json as unknown as ProbeSettings;
    const whole = [trials, step, threads, ...Object.values(bindings)];
    const sound =
      /^[0-9a-f]{64}$/.test(source) &&
      Number.isSafeInteger(seed) &&
      whole.every((value) => Number.isSafeInteger(value) && value >= 1 && value <= LARGEST);
    return sound ? { source, seed, trials, step, threads, bindings } : null;
  } catch (error) {
    if (isEspalierError(error) || error instanceof TypeError) return null; // of another shape
    throw error;
  }
}

const LARGEST = 2 ** 24;
