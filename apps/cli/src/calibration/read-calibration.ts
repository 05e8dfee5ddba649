// --calibration: real inputs that weights are recovered on, widths chosen by and drops judged on.

import { readInputs } from "@espalier/calibration";
import { type Calibration, openSubject } from "@espalier/core";
import { type CalibrationFlags, type RecoveryFlags, requireNoCalibration } from "@espalier/deploy";
import { readInputCard } from "@espalier/interchange";
import { impliedCard } from "../layout/input-card-file.js";
import { userPath } from "../options/values.js";
import type { CommandSession } from "../session.js";
import type { Source } from "../source.js";

export interface CalibrationRequest {
  readonly dims: Readonly<Record<string, number>>;
  readonly seed: number;
  /** The input card that somebody wrote. */
  readonly card: Uint8Array | null;
}

/**
 * The calibration inputs that the flags ask for; null where they ask for none.
 *
 * @throws EspalierError `CALIBRATION_MISSING` when something is asked of inputs that are not given; `INVALID_OPTION`, `INVALID_CARD`, `UNAVAILABLE`; reading errors
 */
export async function readCalibration(
  run: CommandSession,
  source: Source,
  flags: CalibrationFlags & RecoveryFlags,
  { dims, seed, card: written }: CalibrationRequest,
): Promise<Calibration | null> {
  const { calibration: paths = [], calibrationCount: count, labels } = flags;
  if (paths.length === 0) {
    requireNoCalibration(flags);
    return null;
  }
  const engine = await run.engine();
  const subject = openSubject(source.bytes, { external: source.external, dims });
  const card = written === null ? (impliedCard(source, subject.model)?.card ?? null) : readInputCard(written);
  return readInputs(
    subject,
    { card, option: "--preprocess" },
    {
      paths: paths.map(userPath),
      count,
      labels: labels === undefined ? undefined : userPath(labels),
      seed,
      readFile: (path) => engine.readModelFile(path),
      signal: run.signal,
      onProgress: run.progress.listener,
    },
  );
}
