// Where a training that was stopped goes on from: a folder of checkpoints beside the output, gone once that is written.

import type { CheckpointStore } from "@espalier/core";
import { EspalierError, isEspalierError, quoteName } from "@espalier/ir";
import type { Engine } from "../engine.js";
import type { CommandSession } from "../session.js";

export interface KeptRun {
  readonly folder: string;
  readonly store: CheckpointStore;
  /** Whether a checkpoint lay there. */
  readonly begun: boolean;
  /** Does the work; when it is interrupted, says how it goes on. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Removes the checkpoints, and nothing else. */
  done(): void;
}

/** What the training loop calls its checkpoints where nobody names them. */
const CHECKPOINTS: readonly string[] = ["run.safetensors"];

/**
 * @param out the output folder, absolute
 * @throws EspalierError `EXISTS` where anything but checkpoints lies in the place for them
 */
export function keptRun(
  { output }: Pick<CommandSession, "output">,
  engine: Pick<Engine, "folderCheckpoints">,
  out: string,
): KeptRun {
  const folder = `${out}.training`;
  const store = engine.folderCheckpoints(folder);
  const foreign = store.foreign(CHECKPOINTS);
  if (foreign !== null)
    throw new EspalierError(
      "EXISTS",
      "Checkpoints go to a folder of their own, and something else is there",
      {
        where: quoteName(folder),
        expected: "no such folder, or checkpoints alone",
        found: foreign === "." ? "a file or a link" : quoteName(foreign),
        unblock: "Move it, or name another --out.",
      },
    );
  const begun = store.has(CHECKPOINTS);
  if (begun) output.note(`goes on from ${folder}; remove it to begin anew`);
  return {
    folder,
    store,
    begun,
    during: async (work) => {
      try {
        return await work();
      } catch (error) {
        if (isEspalierError(error, "ABORTED") && store.has(CHECKPOINTS))
          output.note(`What was trained lies in ${folder}: the same command goes on from there.`);
        throw isEspalierError(error, "CHECKPOINT_MISMATCH") ? another(folder, error) : error;
      }
    },
    done: () => store.remove(CHECKPOINTS),
  };
}

function another(folder: string, cause: unknown): EspalierError {
  return new EspalierError(
    "CHECKPOINT_MISMATCH",
    "Another training was stopped at this place",
    {
      where: quoteName(folder),
      unblock: "Give the options it was begun with, remove the folder, or name another --out.",
    },
    { cause },
  );
}
