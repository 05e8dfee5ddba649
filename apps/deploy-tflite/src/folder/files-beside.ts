// What lies beside the file for programs and phones.

import type { TargetResult } from "@espalier/core";
import { readInputCard } from "@espalier/interchange";
import { EspalierError } from "@espalier/ir";
import type { FoundCard } from "@espalier/page/node";
import type { NamedFile } from "@espalier/report";
import { nodeHost } from "@espalier/runtime-node";
import { phoneScript } from "@espalier/runtime-tflite";
import { describeFile } from "./metadata.js";
import { DENSE_FILE, METADATA_FILE, PHONE_SCRIPT, PHONE_TOOL } from "./names.js";

/** metadata.json, and the script that times both files. @param precision as it was asked for */
export async function filesBeside(
  { files }: TargetResult,
  precision: string,
  card: FoundCard | null,
): Promise<NamedFile[]> {
  const model = files.find(({ role }) => role === "model");
  if (model === undefined) throw new EspalierError("MISMATCH", "the target gave no model");
  const metadata = describeFile({
    model: { ...model, sha256: await nodeHost().sha256(model.bytes) },
    precision,
    card: card === null ? null : readInputCard(card.bytes),
    origin: card?.origin ?? null,
  });
  const models = { dense: DENSE_FILE, pruned: model.path };
  const script = phoneScript({ tool: PHONE_TOOL, models, profile: true });
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  return [
    { path: METADATA_FILE, role: "metadata", bytes: encode(`${JSON.stringify(metadata, null, 2)}\n`) },
    { path: PHONE_SCRIPT, role: "script", bytes: encode(script) },
  ];
}
