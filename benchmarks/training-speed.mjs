// How fast a training step is, against PyTorch in eager mode on the same cores: blocks of steps in turns, so that
// what the machine does meanwhile meets both.
//
// Our steps go into calls of the runtime as `train` puts them there: as many as take 50 ms by the pace of the last, at most 16.
//
// `node benchmarks/training-speed.mjs --python PATH` (after the build) writes benchmarks/results/training-speed.json; PATH is
// a Python with torch. Raw times are kept: of every step, of ours of every call, for one of its steps. `--only NAME` takes one network.

import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { nodeHost, nodeRuntime } from "../packages/runtime-node/dist/index.js";
import { adam, createTrainer, crossEntropy, sgd } from "../packages/train/dist/index.js";
import { lenet5, lenet300100, resnet20, textTransformer } from "../packages/zoo/dist/index.js";

const RESULT = "benchmarks/results/training-speed.json";
const NETWORKS = {
  "lenet-300-100": {
    model: lenet300100,
    batch: 60,
    classes: 10,
    optimiser: adam,
    steps: 160,
    goal: 1.0,
  },
  "lenet-5": { model: lenet5, batch: 64, classes: 10, optimiser: momentum, steps: 25, goal: 1.0 },
  "resnet-20": { model: resnet20, batch: 128, classes: 10, optimiser: momentum, steps: 2, goal: 0.7 },
  "text-transformer": {
    model: textTransformer,
    batch: 32,
    classes: 2,
    optimiser: adam,
    steps: 15,
    goal: 0.8,
  },
};
const ROUNDS = 12;
/** As packages/train/src/run/steps-at-once.ts has them. */
const [PER_CALL, CALL_MS] = [16, 50];

const flags = process.argv.slice(2);
const flagValue = (name) => (flags.includes(name) ? flags[flags.indexOf(name) + 1] : null);
const python = flagValue("--python") ?? "python3";
const only = flagValue("--only");
const runtime = nodeRuntime();
const result = load();
result.command = "node benchmarks/training-speed.mjs --python PATH";
result.machine = nodeHost().machine();
result.runtime = runtime.name;

for (const [name, network] of Object.entries(NETWORKS)) {
  if (only !== null && only !== name) continue;
  for (const threads of [1, 2]) {
    const row = await compare(name, network, threads);
    result.rows = [...result.rows.filter((one) => one.name !== name || one.threads !== threads), row];
    console.error(
      `${name}, ${threads} thread${threads > 1 ? "s" : ""}: ${row.ratio.toFixed(2)} of PyTorch's steps a second (goal ${network.goal}); ${row.ownMs.toFixed(2)} against ${row.torchMs.toFixed(2)} ms`,
    );
    mkdirSync("benchmarks/results", { recursive: true });
    writeFileSync(RESULT, `${JSON.stringify(result)}\n`);
  }
}

async function compare(name, network, threads) {
  const own = await ours(network, threads);
  const other = await torch(name, threads);
  await own.run(3);
  await other.run(3);
  const [ownTimes, torchTimes, ratios] = [[], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    const early = round % 2 === 0 ? await own.run(network.steps) : null;
    const theirs = await other.run(network.steps);
    const block = early ?? (await own.run(network.steps));
    ownTimes.push(...block);
    torchTimes.push(...theirs);
    ratios.push(median(theirs) / median(block));
  }
  await own.close();
  other.close();
  result.torch = other.version;
  return {
    ...{ name, threads, batch: network.batch, goal: network.goal },
    ...{ ratio: median(ratios), ownMs: median(ownTimes), torchMs: median(torchTimes) },
    ...{ ratios, ownTimes, torchTimes },
  };
}

async function ours({ model, batch, classes, optimiser }, threads) {
  const trainer = await createTrainer({
    ...{ runtime, threads, model: model({ seed: 1 }), bindings: { N: batch }, stepsPerRun: PER_CALL },
    ...{ loss: crossEntropy(), optimiser: optimiser() },
  });
  const feeds = Object.fromEntries(
    trainer.batch.map(({ name, dims, dataType }) => {
      const size = dims.reduce((all, one) => all * one, 1);
      const data =
        name === "labels"
          ? BigInt64Array.from({ length: size }, (_, i) => BigInt(i % classes))
          : dataType === 7
            ? BigInt64Array.from({ length: size }, (_, i) => BigInt(1 + ((i * 7919) % 1023)))
            : Float32Array.from({ length: size }, (_, i) => 1.7 * Math.sin(12.9898 * i));
      return [name, { dataType, dims, data }];
    }),
  );
  let pace = CALL_MS;
  return {
    async run(steps) {
      const times = [];
      for (let done = 0; done < steps; ) {
        const count = Math.max(1, Math.min(PER_CALL, Math.floor(CALL_MS / pace), steps - done));
        const start = performance.now();
        done += (await trainer.trainSteps(count, () => ({ batch: feeds, learningRate: 1e-3 }))).length;
        pace = (performance.now() - start) / count;
        times.push(Number(pace.toFixed(4)));
      }
      return times;
    },
    close: () => trainer.dispose(),
  };
}

async function torch(name, threads) {
  const script = fileURLToPath(new URL("training_speed.py", import.meta.url));
  const child = spawn(python, [script, name, String(threads)], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${python} ended early`);
    return JSON.parse(value);
  };
  const { torch: version } = await next();
  return {
    version,
    run: (steps) => {
      child.stdin.write(`${steps}\n`);
      return next();
    },
    close: () => child.stdin.end(),
  };
}

function momentum() {
  return sgd({ momentum: 0.9, weightDecay: 1e-4 });
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

function load() {
  try {
    return JSON.parse(readFileSync(RESULT, "utf8"));
  } catch {
    return { rows: [] };
  }
}
