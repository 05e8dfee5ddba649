// The input card of a deployment: the one the user names, the one beside the network, the one its folder implies, or
// what is assumed.

import type { Subject } from "@espalier/core";
import { inputCardBytes, readInputCard } from "@espalier/interchange";
import { readModelFile } from "@espalier/runtime-node";
import type { DeployedCard } from "../../demo/deployment.js";
import { assumedCard } from "./assumed-card.js";
import type { Source } from "./source.js";

export interface FoundCard {
  readonly bytes: Uint8Array;
  readonly origin: DeployedCard["origin"];
}

export interface CardSearch {
  /** null where the network takes no image. */
  readonly card: FoundCard | null;
  /** What the user should know; null when there is nothing to say. */
  readonly note: string | null;
}

/** The card somebody wrote, checked before minutes of work. @throws EspalierError `INVALID_CARD`, reading errors */
export async function writtenCard(source: Source, named: string | null): Promise<Uint8Array | null> {
  const bytes = named === null ? source.card : await readModelFile(named);
  if (bytes !== null) readInputCard(bytes);
  return bytes;
}

export function findCard(source: Source, written: Uint8Array | null, subject: Subject): CardSearch {
  if (written !== null) return { card: { bytes: written, origin: "written" }, note: null };
  const implied = source.impliedCard(subject.model);
  if (implied !== null && implied.card !== null)
    return { card: { bytes: inputCardBytes(implied.card), origin: "folder" }, note: null };
  const why = implied === null ? "" : ` (${implied.reason})`;
  const assumed = assumedCard(subject);
  return assumed === null
    ? { card: null, note: `no input card${why}: the page shows figures only; give one with --preprocess` }
    : {
        card: { bytes: inputCardBytes(assumed), origin: "assumed" },
        note: `no input card${why}: the page assumes pixels from 0 to 1; give one with --preprocess`,
      };
}
