// Layer times that the script measured on a GPU, from the folder it ran in.

import { join } from "node:path";
import { readModelFile } from "@espalier/runtime-node";
import { type MeasuredTimes, readProfile } from "@espalier/tensorrt";
import { TIMES_FOLDER } from "./folder-files.js";

/** @throws EspalierError `NOT_FOUND`, `IO`; `INVALID_LOG` */
export async function readTimes(folder: string): Promise<MeasuredTimes> {
  const profile = async (engine: string) =>
    readProfile(await readText(join(folder, TIMES_FOLDER, `${engine}.profile.json`)));
  return { dense: await profile("dense"), sparse: await profile("sparse") };
}

/** A text file of at most the size that models may have. */
export async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readModelFile(path));
}
