// The calibration inputs of a run: what int8 ranges are observed on, and weights recovered on.

import { readInputs } from "@espalier/calibration";
import { type Calibration, openSubject } from "@espalier/core";
import {
  type CalibrationFlags,
  type Invocation,
  type PruningFlags,
  phases,
  type RecoveryFlags,
  requireNoCalibration,
  userPath,
} from "@espalier/deploy";
import { readInputCard } from "@espalier/interchange";
import type { Source } from "@espalier/page/node";
import { readModelFile } from "@espalier/runtime-node";

/**
 * What the flags ask for; null where they ask for none.
 *
 * @param written the input card that somebody wrote
 * @throws EspalierError `CALIBRATION_MISSING` where something is asked of inputs that are not given; `INVALID_OPTION`,
 *   `NOT_FOUND`, `UNAVAILABLE`; reading errors
 */
export async function calibrationOf(
  source: Source,
  written: Uint8Array | null,
  flags: CalibrationFlags & RecoveryFlags & Pick<PruningFlags, "dim" | "seed">,
  { signal, note }: Invocation,
): Promise<Calibration | null> {
  const { calibration: paths = [], calibrationCount: count, labels, dim: dims = {}, seed } = flags;
  if (paths.length === 0) {
    requireNoCalibration(flags);
    return null;
  }
  const subject = openSubject(source.bytes, { external: source.external, dims });
  const card = written === null ? (source.impliedCard(subject.model)?.card ?? null) : readInputCard(written);
  return readInputs(
    subject,
    { card, option: "--preprocess" },
    {
      ...{ paths: paths.map(userPath), count, seed, signal, readFile: (path) => readModelFile(path) },
      labels: labels === undefined ? undefined : userPath(labels),
      onProgress: phases(note),
    },
  );
}
