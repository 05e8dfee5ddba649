// Prunes an ONNX file for the CPU from code: `node examples/prune.mjs MODEL DIR`, after `npm run build`.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cpu } from "@espalier/cpu";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";

const [model = "apps/cli/models/digits.onnx", folder = "pruned"] = process.argv.slice(2);
const bytes = new Uint8Array(readFileSync(model));

const { files, receipt } = await cpu.prune(bytes, {
  runtime: nodeRuntime(),
  host: nodeHost(),
  budget: { ratio: 0.3 },
  seed: 1,
});

mkdirSync(folder, { recursive: true });
for (const { path, bytes: content } of files) writeFileSync(join(folder, path), content);
writeFileSync(join(folder, "receipt.json"), JSON.stringify(receipt, null, 2));
console.log(
  `${model}: MACs ${receipt.macs.before} → ${receipt.macs.after}, maxRel ${receipt.parity?.maxRel}`,
);
