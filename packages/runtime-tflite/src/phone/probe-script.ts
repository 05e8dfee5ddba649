// The script that times probe files on a phone, and what the files are called in the folder beside it.

import type { Probes } from "./device-costs.js";
import { type PhoneScriptOptions, phoneScript } from "./phone-script.js";
import { settingsLine } from "./probe-settings.js";

/** Where the files lie, from the script's folder. */
export const PROBE_FOLDER = "probes";

export interface ProbeScriptOptions extends Pick<PhoneScriptOptions, "tool" | "cores" | "runs"> {
  /**
   * Calls of the tool for each file.
   *
   * @default 3
   */
  readonly rounds?: number;
}

/** The script; it is run from its folder, and what it prints is the log. */
export function probeScript({ settings, files }: Probes, options: ProbeScriptOptions): string {
  const models = Object.fromEntries(
    [...files.keys()].map((digest) => [digest, `${PROBE_FOLDER}/${digest}.tflite`]),
  );
  return phoneScript({
    rounds: 3,
    ...options,
    models,
    threads: settings.threads,
    about: [settingsLine(settings)],
  });
}
