// A folder for the file that ONNX Runtime's profiler writes. Made and removed by the parent process, since a
// child is killed without a chance to clean up.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TraceFolder {
  /** null when no profile was asked for. */
  readonly path: string | null;
  remove(): void;
}

export function makeTraceFolder(profile: boolean | undefined): TraceFolder {
  if (profile !== true) return { path: null, remove() {} };
  const path = mkdtempSync(join(tmpdir(), "espalier-profile-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
