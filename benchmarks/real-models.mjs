// What pruning saves on real networks, on paper and on the clock: one table of ratios.
// `ESPALIER_DATA=… node benchmarks/real-models.mjs` (after the build) writes benchmarks/results/real-models.json
// and docs/images/real-models.svg. Every pair is measured interleaved, one thread, batch 1.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cpu } from "../packages/cpu/dist/index.js";
import { nodeHost, nodeRuntime } from "../packages/runtime-node/dist/index.js";

const data = process.env.ESPALIER_DATA;
if (!data) throw new Error("ESPALIER_DATA names the folder with the models");

const MODELS = [
  ["squeezenet1.1-imagenet", "SqueezeNet 1.1, 224 × 224", {}],
  ["cifar10-resnet56", "ResNet-56, 32 × 32", {}],
  ["yolox_nano", "YOLOX-Nano, 416 × 416", {}],
  ["ultraface-rfb-320", "UltraFace RFB-320", {}],
  [
    "ppocr_mobile_v2_cls",
    "PP-OCR direction, 48 × 192",
    { "p2o.DynamicDimension.1": 48, "p2o.DynamicDimension.2": 192 },
  ],
  ["tinyyolo-vnncomp", "Tiny YOLO, 52 × 52", {}],
];

/** Ratio and step: step 1 takes widths as they come, step 8 rounds them up to what the kernels like. */
const VARIANTS = [
  [0.3, 1],
  [0.3, 8],
  [0.5, 1],
  [0.5, 8],
];

const host = nodeHost();
const rows = [];
for (const [file, title, dims] of MODELS) {
  const bytes = new Uint8Array(readFileSync(join(data, "onnx", `${file}.onnx`)));
  for (const [ratio, step] of VARIANTS) {
    const { receipt } = await cpu.prune(bytes, {
      runtime: nodeRuntime(),
      host,
      budget: { ratio },
      step,
      seed: 1,
      dims,
    });
    const { macs, size, latency, parity } = receipt;
    rows.push({
      model: file,
      title,
      ratio,
      step,
      macs: macs.before / macs.after,
      brotli: size.before.brotli / size.after.brotli,
      sourceMs: latency.source.medianMs,
      denseMs: latency.before.medianMs,
      prunedMs: latency.after.medianMs,
      speedup: latency.speedup,
      maxRel: parity.maxRel,
    });
    console.error(
      `${title} at ${ratio}: ${macs.before / macs.after}× fewer MACs, ${latency.speedup}× faster`,
    );
  }
}
const machine = host.machine();
mkdirSync("benchmarks/results", { recursive: true });
mkdirSync("docs/images", { recursive: true });
const command = "node benchmarks/real-models.mjs";
writeFileSync(
  "benchmarks/results/real-models.json",
  `${JSON.stringify({ command, machine, rows }, null, 2)}\n`,
);
writeFileSync(
  "docs/images/real-models.svg",
  picture(rows.filter((row) => row.ratio === 0.5 && row.step === 8)),
);

/** Latency before and after as paired bars, relative to the clean dense baseline. */
function picture(shown) {
  const [width, left, bar, gap, top] = [760, 210, 12, 34, 64];
  const scale = (share) => left + share * (width - left - 120);
  const body = shown.map((row, i) => {
    const y = top + i * (2 * bar + gap);
    const after = row.prunedMs / row.denseMs;
    const times = row.speedup === null ? "unstable" : `${row.speedup.toFixed(2)}× faster`;
    return `<text x="${left - 12}" y="${y + bar + 4}" text-anchor="end" class="name">${row.title}</text>
  <rect x="${left}" y="${y}" width="${scale(1) - left}" height="${bar}" rx="2" class="dense"/>
  <rect x="${left}" y="${y + bar + 2}" width="${scale(after) - left}" height="${bar}" rx="2" class="pruned"/>
  <text x="${scale(1) + 8}" y="${y + bar - 2}" class="number">${row.denseMs.toFixed(2)} ms</text>
  <text x="${scale(after) + 8}" y="${y + 2 * bar}" class="number strong">${row.prunedMs.toFixed(2)} ms · ${times} · ${row.macs.toFixed(1)}× fewer MACs</text>`;
  });
  const height = top + shown.length * (2 * bar + gap);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">
  <title>Latency of six networks, dense and pruned</title>
  <style>
    text { fill: #1f2933 } .name { font-weight: 600 } .number { fill: #616e7c; font-variant-numeric: tabular-nums } .strong { fill: #2f6f4f }
    .dense { fill: #cbd2d9 } .pruned { fill: #3e8e65 } rect.paper { fill: #ffffff }
  </style>
  <rect class="paper" width="${width}" height="${height}"/>
  <text x="12" y="24" font-size="15" font-weight="600">Half of every layer’s channels removed: latency on ONNX Runtime</text>
  <text x="12" y="44" class="number">widths rounded up to 8 · one thread, batch 1, no fine-tuning · grey: clean dense baseline · green: pruned</text>
  ${body.join("\n  ")}
</svg>
`;
}
