// What a smaller model does for the wait before a page's first answer.

import type { Evidence } from "../granularity/granularity.js";
import { type Advice, type Pays, paysAt, percent, times } from "./advice.js";
import type { AdviceCode } from "./codes.js";
import type { HalfLeft } from "./half-width.js";

/** What a page fetches before its first answer, compressed as it travels. */
export interface Download {
  readonly modelBytes: number;
  /** Bytes of the runtime beside the model. */
  readonly runtime: Evidence;
}

const CODES: Readonly<Record<Exclude<Pays, "unknown">, AdviceCode>> = {
  yes: "DOWNLOAD_IS_MODEL",
  little: "DOWNLOAD_PAYS_LITTLE",
  no: "DOWNLOAD_IS_RUNTIME",
};

/**
 * The wait at any fixed bandwidth, dense over half width. The model's bytes follow its parameters, which is what
 * weights do, as they do not compress; where constants do (masks, tables) more is saved than is promised.
 */
export function adviseDownload(
  target: string,
  { modelBytes, runtime }: Download,
  half: Pick<HalfLeft, "parameters">,
): Advice {
  const total = modelBytes + runtime.value;
  const gain = total / (modelBytes * half.parameters + runtime.value);
  const pays = paysAt(gain);
  return {
    target,
    granularity: "channel",
    benefit: "download",
    pays,
    gain,
    code: CODES[pays],
    sentence: `the first visit's wait becomes ${times(gain)} shorter: the model is ${percent(modelBytes / total)} of the download, the rest is the runtime`,
    evidence: [runtime],
  };
}
