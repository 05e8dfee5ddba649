// Every code that stands in errors, receipts and documents, with what `espalier explain` says of it.

import { ADVICE, REASONS, VERDICTS } from "@espalier/core";
import { ERROR_CODES } from "@espalier/ir";

export interface Explanation {
  /** Paragraphs: a code can be an error as well as a reason. */
  readonly texts: readonly string[];
  /** null where only the message of the error knows. */
  readonly unblock: string | null;
}

/** Code → explanation. Targets load when they are asked for. */
export async function explanations(): Promise<ReadonlyMap<string, Explanation>> {
  const { SPARSE_CONDITIONS, TFLITE_REASONS, TFLITE_RUNTIME_REASONS } = await import("@espalier/tflite");
  const { FLOAT32_REASONS } = await import("@espalier/tensorrt");
  const found = new Map<string, Explanation>(
    Object.entries(ERROR_CODES).map(([code, text]) => [code, { texts: [text], unblock: null }]),
  );
  const reasons = {
    ...{ ...REASONS, ...VERDICTS, ...ADVICE },
    ...{ ...SPARSE_CONDITIONS, ...TFLITE_REASONS, ...TFLITE_RUNTIME_REASONS },
    ...FLOAT32_REASONS,
  };
  for (const [code, { text, unblock }] of Object.entries(reasons))
    found.set(code, { texts: [...(found.get(code)?.texts ?? []), text], unblock });
  return found;
}
