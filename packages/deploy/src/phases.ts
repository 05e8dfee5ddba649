// Progress of a deploy program: a line for each phase, when it begins.

import type { ProgressListener } from "@espalier/core";

/** A listener that says every phase once. */
export function phases(note: (text: string) => void): ProgressListener {
  let latest = "";
  return ({ phase, total, unit }) => {
    if (phase !== latest) note(`  ${phase}: ${total} ${unit}`);
    latest = phase;
  };
}
