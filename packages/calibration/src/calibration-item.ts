// Calibration data of any kind, seen as numbered items.

import type { RuntimeTensor } from "@espalier/core";

/** One input of one item, without the batch axis put in front: dimensions begin with 1. */
export type Item = Readonly<Record<string, RuntimeTensor>>;

/** Reads a file whole; how large one may be is up to who hands it in. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

export interface CalibrationItems {
  /** What the receipt calls them: "photos, 700 images". */
  readonly spec: string;
  readonly count: number;
  read(index: number): Promise<Item>;
  /** Class of each item, by index; null where they have none. */
  readonly labels: readonly number[] | null;
}
