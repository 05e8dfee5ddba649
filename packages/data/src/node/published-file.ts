// A file as somebody else publishes it: from where, and by what it is recognised.

export interface PublishedFile {
  /** Below the cache's folder for data sets, and a good place for it below `$ESPALIER_DATA`. */
  readonly path: string;
  /** Tried in this order. */
  readonly urls: readonly string[];
  readonly bytes: number;
  /** Small hexadecimal digits. */
  readonly sha256: string;
}
