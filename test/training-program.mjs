// A small training run with checkpoints in a folder, for tests that kill it: 16 steps, a checkpoint every 4. Takes the
// packages as they are handed in, so that it is the same run in a process that is killed and in the test.

/**
 * @typedef {object} Packages
 * @property {typeof import("@espalier/ir")} ir
 * @property {typeof import("@espalier/core")} core
 * @property {typeof import("@espalier/train")} train
 * @property {typeof import("@espalier/runtime-node")} runtimeNode
 */

export const STEPS = 16;
export const EVERY = 4;
/** In the folder, as the store is asked for it. */
export const NAME = "run.safetensors";

const SIZES = [8, 16, 3];
const BATCH = 12;

/**
 * @param {Packages} packages
 * @param {string} folder
 * @param {(step: number) => void} [beforeStep]
 * @param {number} [until]
 * @returns {Promise<string>} digest of all that the run ends with
 */
export async function runTraining({ ir, core, train, runtimeNode }, folder, beforeStep, until = STEPS) {
  const host = runtimeNode.nodeHost({ cache: null });
  const weights = SIZES.slice(1).map((_, i) => `w${i + 1}`);
  const result = await train.train({
    ...{ host, runtime: runtimeNode.nodeRuntime({ threads: 1 }), model: network(ir, core) },
    ...{ bindings: { N: BATCH }, loss: train.crossEntropy(), optimiser: train.adam() },
    ...{ rate: train.cosineRate(0.02), epochs: 4, until },
    batches: {
      stepsPerEpoch: STEPS / 4,
      batch: (epoch, index) => {
        beforeStep?.(4 * epoch + index);
        return batch(ir, core, `${epoch} ${index}`);
      },
    },
    evaluate: [{ name: "test", batches: 1, batch: () => batch(ir, core, "test") }],
    masking: train.gradualMasking({
      schedule: core.cubic({ final: 0.6, begin: 2, end: 14, every: 3 }),
      weights,
    }),
    checkpoints: { store: runtimeNode.folderCheckpoints(folder), every: EVERY },
  });
  return host.sha256([
    new TextEncoder().encode(JSON.stringify(result.history)),
    ...[...result.state.tensors.values(), ...result.masks.values()].map(
      (array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
    ),
  ]);
}

/**
 * @param {Packages["ir"]} ir
 * @param {Packages["core"]} core
 */
function network(ir, core) {
  const net = new ir.GraphBuilder();
  let x = net.input("input", ["N", 8]);
  for (let i = 1; i < SIZES.length; i++) {
    const dims = [Number(SIZES[i - 1]), Number(SIZES[i])];
    const random = core.seededRandom(1, `w${i}`);
    const values = Array.from({ length: Number(dims[0]) * Number(dims[1]) }, () => 0.4 * random.normal());
    x = net.op("MatMul", [x, net.weight(`w${i}`, ir.floatTensor(dims, values))]);
    if (i < SIZES.length - 1) x = net.op("Relu", [x]);
  }
  net.output(x, "logits");
  return net.model();
}

/**
 * @param {Packages["ir"]} ir
 * @param {Packages["core"]} core
 * @param {string} name
 */
function batch(ir, core, name) {
  const random = core.seededRandom(1, `batch ${name}`);
  const data = Float32Array.from({ length: BATCH * 8 }, () => random.normal());
  const labels = BigInt64Array.from({ length: BATCH }, (_, i) => BigInt(Number(data[8 * i]) > 0 ? i % 2 : 2));
  return {
    input: { dataType: ir.DataType.FLOAT, dims: [BATCH, 8], data },
    labels: { dataType: ir.DataType.INT64, dims: [BATCH], data: labels },
  };
}
