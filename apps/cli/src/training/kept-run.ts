// Where a training that was stopped goes on from: a folder of checkpoints beside the output, gone once that is written.

import { existsSync, rmSync } from "node:fs";
import type { CheckpointStore } from "@espalier/core";
import { EspalierError, isEspalierError, quoteName } from "@espalier/ir";
import type { Engine } from "../engine.js";
import type { CommandSession } from "../session.js";

export interface KeptRun {
  readonly folder: string;
  readonly store: CheckpointStore;
  /** Whether something lay there. */
  readonly begun: boolean;
  /** Does the work; when it is interrupted, says how it goes on. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Removes the checkpoints. */
  done(): void;
}

/** @param out the output folder, absolute */
export function keptRun({ output }: CommandSession, engine: Engine, out: string): KeptRun {
  const folder = `${out}.training`;
  const begun = existsSync(folder);
  if (begun) output.note(`goes on from ${folder}; remove it to begin anew`);
  return {
    folder,
    store: engine.folderCheckpoints(folder),
    begun,
    during: async (work) => {
      try {
        return await work();
      } catch (error) {
        if (existsSync(folder) && isEspalierError(error, "ABORTED"))
          output.note(`What was trained lies in ${folder}: the same command goes on from there.`);
        throw isEspalierError(error, "CHECKPOINT_MISMATCH") ? another(folder, error) : error;
      }
    },
    done: () => rmSync(folder, { recursive: true, force: true }),
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
