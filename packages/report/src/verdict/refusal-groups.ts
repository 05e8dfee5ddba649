// Refusals of one code belong together: many groups are blocked for one reason and by one remedy.

import type { RefusalEntry } from "@espalier/core";

export interface RefusalGroup {
  readonly code: string;
  readonly entries: readonly RefusalEntry[];
  /** The reason most entries give. */
  readonly reason: string;
  /** What would unblock, most frequent first. */
  readonly unblocks: readonly string[];
}

/** Most frequent code first. */
export function groupRefusals(refused: readonly RefusalEntry[]): RefusalGroup[] {
  const byCode = new Map<string, RefusalEntry[]>();
  for (const entry of refused) {
    const same = byCode.get(entry.code);
    if (same === undefined) byCode.set(entry.code, [entry]);
    else same.push(entry);
  }
  return [...byCode]
    .map(([code, entries]) => ({
      code,
      entries,
      reason: byFrequency(entries.map((entry) => entry.reason))[0] ?? "",
      unblocks: byFrequency(entries.map((entry) => entry.unblock)),
    }))
    .sort((a, b) => b.entries.length - a.entries.length || (a.code < b.code ? -1 : 1));
}

function byFrequency(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) if (text !== "") counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([text]) => text);
}
