// Images to try on the demo page, from files that the user names.

import { extname } from "node:path";
import { EspalierError, quoteName } from "@espalier/ir";
import { readModelFile } from "@espalier/runtime-node";

const TYPES = [".png", ".jpg", ".jpeg", ".webp", ".gif"];
const MOST_BYTES = 8 * 1024 * 1024;

export interface SampleImage {
  /** In the deployed folder. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** @throws EspalierError `INVALID_OPTION` for what is no image, reading errors */
export async function readSamples(files: readonly string[]): Promise<SampleImage[]> {
  const samples: SampleImage[] = [];
  for (const [i, file] of files.entries()) {
    const type = extname(file).toLowerCase();
    if (!TYPES.includes(type))
      throw invalid(file, `a file that ends in ${TYPES.join(", ")}`, type || "no ending");
    const bytes = await readModelFile(file);
    if (bytes.byteLength > MOST_BYTES)
      throw invalid(file, `at most ${MOST_BYTES} bytes`, `${bytes.byteLength}`);
    samples.push({ path: `samples/${i + 1}${type}`, bytes });
  }
  return samples;
}

function invalid(file: string, expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_OPTION", "This cannot be a sample image", {
    where: quoteName(file),
    expected,
    found,
  });
}
