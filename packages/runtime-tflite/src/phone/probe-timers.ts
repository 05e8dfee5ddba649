// Two places that take files as if to time them: one keeps the files, which are then timed elsewhere, the other says what
// they took there. The work between is the same, so it asks the second for what the first kept.

import type { Host, TfliteRuntime, TfliteTimer } from "@espalier/core";
import { logError } from "./log-error.js";

type Place = Pick<TfliteRuntime, "openTimer">;

/** What every file is said to take while they are collected: any time does. */
const PRETENDED_MS = 1;

/** @param files is filled: each file once, by its digest, in the order in which they were asked for */
export function collectingPlace(files: Map<string, Uint8Array>, host: Pick<Host, "sha256">): Place {
  return placeOf(async (file) => {
    files.set(await host.sha256(file), file);
    return PRETENDED_MS;
  });
}

/**
 * @param times milliseconds of a run, by the digest of the file
 * @throws EspalierError `INVALID_LOG` on `load` of a file that was not timed
 */
export function recordedPlace(times: ReadonlyMap<string, number>, host: Pick<Host, "sha256">): Place {
  return placeOf(async (file) => {
    const digest = await host.sha256(file);
    const ms = times.get(digest);
    if (ms !== undefined) return ms;
    throw logError(
      "The log lacks a file that was made for it: it is cut off, or the files are of another version of Espalier",
      `times of ${digest.slice(0, 12)} and ${times.size} more`,
      `${times.size} files`,
    );
  });
}

function placeOf(timeOf: (file: Uint8Array) => Promise<number>): Place {
  const timer: TfliteTimer = {
    load: async (file) => {
      const ms = await timeOf(file);
      return async (_, runs) => Array.from({ length: runs }, () => ms);
    },
    dispose: async () => {},
  };
  return { openTimer: async () => timer };
}
