// Which ONNX operators a gradient is written in: forms that compute the same, in turns, at the sizes of ResNet-20 with a
// batch of 128. `node benchmarks/gradient-forms.mjs` (after the build) writes benchmarks/results/gradient-forms.json:
// milliseconds, the fastest of the rounds, at one and at two threads. The first form of each is the one that is used.

import { mkdirSync, writeFileSync } from "node:fs";
import { modelBytes } from "../packages/core/dist/index.js";
import { GraphBuilder, intAttribute, intsAttribute } from "../packages/ir/dist/index.js";
import { nodeHost, nodeRuntime } from "../packages/runtime-node/dist/index.js";
import { Arithmetic } from "../packages/train/dist/index.js";

const ROUNDS = 40;
const TAPS = [0, 1, 2];
/** [batch, channels, height, width], 3 × 3 convolutions of as many filters. */
const SIZES = [
  [128, 16, 32, 32],
  [128, 32, 16, 16],
  [128, 64, 8, 8],
];
const kernel = { kernel_shape: intsAttribute([3, 3]), pads: intsAttribute([1, 1, 1, 1]) };

const FORMS = {
  "weights of a convolution": {
    "a product for each tap": (make, operands, size) => tapProducts(make, operands, size, 1),
    "a product for each tap and half of the batch": (make, operands, size) =>
      tapProducts(make, operands, size, 2),
    "one product, taps side by side": (make, { x, dy }, [n, c, h, w]) => {
      const seen = padded(make, x);
      const columns = make.concat(
        TAPS.flatMap((i) => TAPS.map((j) => tap(make, seen, i, j, h, w))),
        3,
      );
      const rows = make.reshape(dy, [n, c, h * w]);
      return make.sum(make.matMul(rows, make.reshape(columns, [n, h * w, 9 * c])), [0]);
    },
    "one product, taps of a row with taps of a column": (make, { x, dy }, [n, c, h, w]) => {
      // ∂y moved down by i meets x moved left by j: three copies of each make the nine taps.
      const down = TAPS.flatMap((i) => Array.from({ length: h + 2 }, (_, row) => row - i + 2));
      const left = Array.from({ length: w }, (_, column) => TAPS.map((j) => column + j)).flat();
      const rows = gather(make, make.pad(dy, [0, 0, 2, 0], [0, 0, 2, 0]), down);
      const columns = gather(make, padded(make, x), left);
      const length = (h + 2) * w;
      const products = make.matMul(
        make.reshape(rows, [n, 3 * c, length]),
        make.reshape(columns, [n, length, 3 * c]),
      );
      return make.sum(products, [0]);
    },
    "a convolution over transposed operands": (make, { x, dy }, [, , h, w]) =>
      make.op("Conv", [make.transpose(x, [1, 0, 2, 3]), make.transpose(dy, [1, 0, 2, 3])], {
        kernel_shape: intsAttribute([h, w]),
        pads: intsAttribute([1, 1, 1, 1]),
      }),
  },
  "input of a convolution": {
    "a convolution, the kernel flipped": (make, { weight, dy }) => {
      const turned = make.slice(
        weight,
        [2, 3].map((axis) => ({ axis, start: 2, end: -4, step: -1 })),
      );
      return make.op("Conv", [dy, make.transpose(turned, [1, 0, 2, 3])], kernel);
    },
    "a transposed convolution": (make, { weight, dy }) => make.op("ConvTranspose", [dy, weight], kernel),
  },
  Relu: {
    "a product with 0 and 1": (make, { x, dy }) =>
      make.multiply(dy, make.cast(make.greater(x, make.scalar(0)), 1)),
    "a choice": (make, { x, dy }) => make.keep(make.greater(x, make.scalar(0)), dy),
  },
};

const runtime = nodeRuntime();
const rows = [];
for (const threads of [1, 2]) {
  for (const size of SIZES) {
    for (const [gradient, forms] of Object.entries(FORMS)) {
      const ms = await compare(forms, size, threads);
      rows.push({ gradient, size, threads, ms });
      const text = Object.entries(ms).map(([form, time]) => `${form} ${time.toFixed(2)}`);
      console.error(`${threads} thread(s), ${size.join("x")}, ${gradient}: ${text.join(", ")} ms`);
    }
  }
}
mkdirSync("benchmarks/results", { recursive: true });
writeFileSync(
  "benchmarks/results/gradient-forms.json",
  `${JSON.stringify({ command: "node benchmarks/gradient-forms.mjs", machine: nodeHost().machine(), runtime: runtime.name, rows }, null, 1)}\n`,
);

async function compare(forms, size, threads) {
  const [, c] = size;
  const dims = { x: size, dy: size, weight: [c, c, 3, 3] };
  const sessions = [];
  for (const [form, build] of Object.entries(forms)) {
    const builder = new GraphBuilder();
    const make = new Arithmetic(builder.graph);
    const inputs = Object.fromEntries(
      Object.entries(dims).map(([name, shape]) => [name, builder.input(name, shape)]),
    );
    builder.output(build(make, inputs, size), "gradient");
    sessions.push([form, await runtime.load(modelBytes(builder.model(17)), { threads })]);
  }
  const feeds = Object.fromEntries(
    Object.entries(dims).map(([name, shape], i) => {
      const count = shape.reduce((all, one) => all * one, 1);
      return [
        name,
        { dataType: 1, dims: shape, data: Float32Array.from({ length: count }, (_, k) => Math.sin(k + i)) },
      ];
    }),
  );
  const best = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const [form, session] of sessions) {
      const start = performance.now();
      await session.run(feeds);
      best[form] = Math.min(best[form] ?? Number.POSITIVE_INFINITY, performance.now() - start);
    }
  }
  for (const [, session] of sessions) await session.dispose();
  return best;
}

function tapProducts(make, { x, dy }, [n, c, h, w], parts) {
  const seen = padded(make, x);
  const inParts = make.transpose(make.reshape(dy, [parts, n / parts, c, h * w]), [0, 2, 1, 3]);
  const length = (n * h * w) / parts;
  const rows = make.reshape(inParts, [parts, c, length]);
  const products = TAPS.flatMap((i) =>
    TAPS.map((j) => make.matMul(rows, make.reshape(tap(make, seen, i, j, h, w), [parts, length, c]))),
  );
  return make.sum(make.concat(products, 1), [0]);
}

function gather(make, value, places) {
  return make.op("Gather", [value, make.ints(places)], { axis: intAttribute(2) });
}

/** [N, C, H, W] → [N, H + 2, W + 2, C] */
function padded(make, x) {
  return make.pad(make.transpose(x, [0, 2, 3, 1]), [0, 1, 1, 0], [0, 1, 1, 0]);
}

function tap(make, seen, i, j, h, w) {
  return make.slice(seen, [
    { axis: 1, start: i, end: i + h },
    { axis: 2, start: j, end: j + w },
  ]);
}
