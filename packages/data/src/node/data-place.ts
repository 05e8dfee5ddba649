// Where data sets are looked for, and how they are fetched: options that all loaders share.

import { homedir } from "node:os";
import { join } from "node:path";
import { cacheFolderParts, type ProgressListener } from "@espalier/core";

export interface DataPlace {
  /** A folder with data sets. @default `$ESPALIER_DATA`; null looks in none */
  readonly folder?: string | null;
  /** Folder that downloads are kept in. @default `data` in the user's cache folder; null keeps nothing */
  readonly cache?: string | null;
  /** Whether the network may be asked. @default true */
  readonly download?: boolean;
  readonly signal?: AbortSignal;
  /** Bytes of downloads. */
  readonly onProgress?: ProgressListener;
}

export function dataFolderOf({ folder }: DataPlace): string | null {
  return folder === undefined ? process.env.ESPALIER_DATA || null : folder;
}

export function downloadFolderOf({ cache }: DataPlace): string | null {
  if (cache !== undefined) return cache;
  return join(...cacheFolderParts({ env: process.env, platform: process.platform, home: homedir() }), "data");
}
