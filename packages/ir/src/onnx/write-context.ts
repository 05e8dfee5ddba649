// What all parts of one writing share.

import type { ExternalFileLayout } from "./external-file-layout.js";

export interface WriteContext {
  /** Symbols that stand for dimensions the source left out. */
  readonly absentDims: ReadonlySet<string>;
  /** The file that large initialisers go to; null when everything stays inside. */
  readonly external: ExternalFileLayout | null;
}
