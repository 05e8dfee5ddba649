// A receipt and a network in which every name is an attack.

import type { Receipt } from "@espalier/core";
import type { ReportInput } from "../report-input.js";
import { sampleNetwork } from "./network.js";
import { planOf, receiptOf } from "./receipts.js";

/** Names that try to be markup, script, direction changes, terminal escapes, tables, or megabytes. */
export const HOSTILE_NAMES: readonly string[] = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "</style><style>*{display:none}</style>",
  "</title><b>",
  "a\u202ecod.exe",
  "\u001b[31mred\u001b[0m\u0007",
  "]]><svg/onload=alert(1)>",
  "x`| y | z`\n# heading",
  "javascript:alert(1)",
  "https://evil.example/x.png",
  "é".normalize("NFD") + "\u0301".repeat(60),
  "\ud800lone",
  "名前".repeat(80),
  "@everyone &amp; <!-- -->",
  "{{7*7}}",
  "L".repeat(100_000),
  "",
  "\u200b\ufeff",
];

export function hostile(): ReportInput {
  let next = 0;
  const name = (text: string): string => `${HOSTILE_NAMES[next++ % HOSTILE_NAMES.length]}${text}`;
  const network = sampleNetwork({ stages: [2, 2], baseWidth: 32, step: 4, keep: () => 0.55, name });
  const base = receiptOf({ model: "x", network, medians: [5, 4.8, 3.1] });
  const evil = HOSTILE_NAMES.join(" ");
  const receipt: Receipt = {
    ...base,
    source: { ...base.source, path: `models/${HOSTILE_NAMES[0]}/${HOSTILE_NAMES[1]}.onnx` },
    target: HOSTILE_NAMES[1] as string,
    versions: { ...base.versions, [HOSTILE_NAMES[1] as string]: HOSTILE_NAMES[2] as string },
    machine: { cpu: HOSTILE_NAMES[0] as string, [HOSTILE_NAMES[3] as string]: 1 },
    command: ["espalier", ...HOSTILE_NAMES],
    bindings: { [HOSTILE_NAMES[0] as string]: 4 },
    cleanups: [evil, HOSTILE_NAMES[0] as string],
    refused: HOSTILE_NAMES.map((text) => ({
      group: text,
      node: text,
      code: text,
      reason: text,
      unblock: evil,
    })),
    files: HOSTILE_NAMES.map((text) => ({ path: text, sha256: text, bytes: 1, role: text })),
  };
  return { receipt, plan: planOf(receipt), graph: network.graph, title: HOSTILE_NAMES[0] as string };
}
