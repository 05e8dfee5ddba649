// What reading a batch takes, and drawing an image: `node benchmarks/batches.mjs` (after the build). Bytes are made up:
// the time does not depend on them.

import { batches, cropAndFlip, drawnDigits, drawnShapes, imageSet } from "../packages/data/dist/index.js";

/** @param {"RGB" | "grey"} channels @param {number} side @param {number} count */
function made(channels, side, count) {
  const size = side * side * (channels === "RGB" ? 3 : 1);
  return imageSet({
    name: "made up",
    classes: ["a", "b"],
    channels,
    width: side,
    height: side,
    pixels: new Uint8Array(count * size).map((_, at) => (at * 7919) % 256),
    labels: Array.from({ length: count }, (_, i) => i % 2),
  });
}

/** @param {string} what @param {ReturnType<typeof made>} set @param {Parameters<typeof batches>[1]} options */
function time(what, set, options) {
  const times = [];
  for (let epoch = 0; epoch < 4; epoch++) {
    const epochBatches = batches(set, { ...options, epoch });
    for (let index = 0; index < epochBatches.count; index++) {
      const start = performance.now();
      epochBatches.read(index);
      // In the first epoch the engine is still compiling.
      if (epoch > 0) times.push(performance.now() - start);
    }
  }
  times.sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => (times[Math.floor(share * times.length)] ?? 0).toFixed(3);
  console.log(
    `${what.padEnd(36)} median ${at(0.5)} ms, p10 ${at(0.1)}, p90 ${at(0.9)}, ${times.length} batches`,
  );
}

const images = made("RGB", 32, 20_000);
time("128 images 32 × 32, RGB", images, { batch: 128, seed: 1 });
time("128 images, cropped and mirrored", images, { batch: 128, seed: 1, augment: cropAndFlip() });
time("60 images 28 × 28, grey", made("grey", 28, 60_000), { batch: 60, seed: 1 });

for (const draw of [drawnDigits, drawnShapes]) {
  draw({ count: 500, seed: 1 });
  const start = performance.now();
  draw({ count: 5000, seed: 2 });
  console.log(`${draw.name.padEnd(36)} ${Math.round(5e6 / (performance.now() - start))} images a second`);
}
