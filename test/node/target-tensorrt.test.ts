// The target for TensorRT under the contract that all targets share, and what is special about it: patterns that the
// hardware reads, permutations that change nothing, and no time where there is no GPU.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type ArtefactFile,
  axisBack,
  axisLast,
  countViolations,
  defaultHandlers,
  isUnavailable,
  keptUnits,
  maskSteps,
  modelBytes,
  openPlanData,
  openSubject,
  patternLayers,
  permuteSteps,
  randomInputs,
  sealReceipt,
  type Target,
  type TargetResult,
  TWO_OF_FOUR,
} from "@espalier/core";
import {
  floatTensor,
  inferFacts,
  type Model,
  readFloats,
  readModel,
  tensorAttribute,
  type Value,
} from "@espalier/ir";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import { tensorrt, tensorrtTarget } from "@espalier/tensorrt";
import { describe, expect, it } from "vitest";
import { permutedAgainstSource } from "../conformance/permuted-equals-source.js";
import { testTarget } from "../conformance/target.js";
import { DIMS, dataFolder, readModelBytes } from "../data-folder.js";
import { expectSameBytes } from "../same-bytes.js";
import { CONVOLUTIONAL } from "../topologies/convolutional.js";
import { REGROUPING } from "../topologies/regrouping.js";
import { buildTopology } from "../topologies/topology.js";

const world = { runtime: nodeRuntime(), host: nodeHost({ cache: null }) };
const digits = new Uint8Array(
  readFileSync(fileURLToPath(new URL("../../apps/cli/models/digits.onnx", import.meta.url))),
);

testTarget("tensorrt", () => ({ target: tensorrt, world, model: digits, elsewhere: true }));

/** Large networks are compressed for seconds, and none of what follows is about that. */
const plain = { ...world, host: { ...world.host, brotliSize: null } };
const asked = {
  ...plain,
  granularity: "2:4",
  budget: { ratio: 0.5 },
  seed: 3,
  measure: false,
  inputs: 2,
} as const;
const TOLERANCE = 1e-5;

interface Network {
  readonly name: string;
  readonly bytes: () => Uint8Array;
  readonly dims?: Readonly<Record<string, number>>;
}

const REAL = ["cifar10-resnet20", "cifar10-resnet56", "squeezenet1.1-imagenet", "cifar10-vit-pgd_2_3_16"];
const topologies = [...CONVOLUTIONAL, ...REGROUPING].map(
  (topology): Network => ({ name: topology.name, bytes: () => modelBytes(buildTopology(topology, 5)) }),
);
const real = (dataFolder === null ? [] : REAL).map(
  (name): Network => ({ name, bytes: () => readModelBytes(name), dims: DIMS[name] ?? {} }),
);

describe("2:4 in every layer that can carry it", () => {
  let carried = 0;
  for (const { name, bytes, dims = {} } of [...topologies, ...real]) {
    let pruned: Promise<TargetResult> | null = null;
    const prune = (): Promise<TargetResult> => {
      pruned ??= tensorrt.prune(bytes(), { ...asked, dims });
      return pruned;
    };

    it(`holds in ${name}`, { timeout: 240_000 }, async () => {
      const result = await prune();
      const masks = maskSteps(result.plan.steps);
      if (masks.length === 0) {
        expect(result.receipt.artefact).toBeNull();
        expect(eligible(bytes())).toEqual([]);
        return;
      }
      carried++;
      // A fresh look at the file finds the same layers along the same axes, and nothing that breaks the pattern.
      const found = countAll(modelOf(result));
      expect([...found.keys()].sort()).toEqual(masks.map(({ tensor }) => tensor).sort());
      expect([...found.values()].every((count) => count === 0)).toBe(true);
      expect(result.receipt.nm).toMatchObject({ pattern: "2:4", violations: 0 });
      // A mask makes nothing smaller, and is not said to be faster.
      expect(result.receipt.params.after).toBe(result.receipt.params.before);
      expect(result.receipt.macs.after).toBe(result.receipt.macs.before);
      expect(result.receipt.sparsity.zeros).toBeGreaterThan(0);
    });

    it(`breaks in ${name} when one weight comes back`, { timeout: 240_000 }, async () => {
      const result = await prune();
      for (const { tensor } of maskSteps(result.plan.steps)) {
        const counts = countAll(withOneWeight(modelOf(result), tensor));
        expect(counts.get(tensor)).toBe(1);
      }
    });

    it(`permutes without changing ${name}`, { timeout: 240_000 }, async () => {
      const subject = openSubject(bytes(), { dims });
      const { plan, files } = await prune();
      const file = files.find(({ role }) => role === "plan-data")?.bytes ?? null;
      const data = await openPlanData(plan, file, world.host);
      const kept = keptUnits(permuteSteps(plan.steps), data);
      const { model, facts, analysis, handlers, bindings } = subject;
      for (const seed of [1, 2]) {
        const found = await permutedAgainstSource(model, facts, analysis, handlers, kept, world.runtime, {
          seed,
          bindings,
        });
        if (process.env.ESPALIER_DEBUG) console.log(name, found);
        expect(found.maxRel).toBeLessThanOrEqual(TOLERANCE);
      }
    });
  }

  it("is carried by most topologies", () => expect(carried).toBeGreaterThan(20));
});

describe.skipIf(dataFolder === null)("a masked ResNet-20", () => {
  const source = () => readModelBytes("cifar10-resnet20");
  const folderOf = async (result: TargetResult) => {
    const receipt = await sealReceipt(result.receipt, world.host);
    return { receipt, files: result.files };
  };

  it("is verified, and found false when a masked weight comes back", { timeout: 240_000 }, async () => {
    const result = await tensorrt.prune(source(), { ...asked, measure: true });
    expect(isUnavailable(result.receipt.latency as never)).toBe(true);
    const { receipt, files } = await folderOf(result);
    const verify = (of: readonly ArtefactFile[]) =>
      tensorrt.verify(of, { ...plain, receipt, sourceBytes: source() });
    const claims = await verify(files);
    expect(claims.filter(({ status }) => status === "fails")).toEqual([]);
    expect(claims).toContainEqual(expect.objectContaining({ name: "N:M pattern", status: "holds" }));
    const [mask] = maskSteps(result.plan.steps);
    const forged = files.map((file) =>
      file.role === "model" ? { ...file, bytes: withOneWeight(file.bytes, mask?.tensor ?? "") } : file,
    );
    const failed = (await verify(forged)).filter(({ status }) => status === "fails").map(({ name }) => name);
    expect(failed).toContain("N:M pattern");
    expect(failed).toContain("artefact is the plan applied to the source");
  });

  it("is refused by another plan.bin, and by none", { timeout: 240_000 }, async () => {
    const { plan, files } = await tensorrt.prune(source(), asked);
    const apply = (planData?: Uint8Array) =>
      tensorrt.apply(plan, source(), { ...plain, ...(planData === undefined ? {} : { planData }) });
    await expect(apply()).rejects.toMatchObject({ code: "INVALID_PLAN" });
    const data = files.find(({ role }) => role === "plan-data")?.bytes.slice() as Uint8Array;
    data[0] = (data[0] as number) ^ 1;
    await expect(apply(data)).rejects.toMatchObject({ code: "INVALID_PLAN" });
    await expect(openPlanData(plan, data, world.host)).rejects.toMatchObject({ code: "INVALID_PLAN" });
  });

  it("recovers removed channels on calibration inputs before it is masked, and verifies with them", {
    timeout: 240_000,
  }, async () => {
    const subject = openSubject(source());
    const { model, boundFacts, handlers } = subject;
    const calibration = { inputs: randomInputs(model, boundFacts, handlers, { seed: 1, count: 6 }) };
    const options = { ...asked, granularity: "auto", budget: { ratio: 0.25 }, step: 4, calibration } as const;
    const target = eager();
    const result = await target.prune(source(), options);
    expect(result.plan.steps.map(({ kind }) => kind).filter((kind, i, all) => kind !== all[i - 1])).toEqual([
      "permute",
      "slice",
      "update-weights",
      "mask",
    ]);
    const { receipt, files } = await folderOf(result);
    const claims = await target.verify(files, {
      ...plain,
      receipt,
      sourceBytes: source(),
      calibration,
    });
    expect(claims.filter(({ status }) => status === "fails")).toEqual([]);
    expect(claims).toContainEqual(
      expect.objectContaining({
        name: "weights of the artefact are the recovered ones, masked",
        status: "holds",
      }),
    );
    const again = await target.apply(result.plan, source(), {
      ...plain,
      calibration,
      measure: false,
      planData: files.find(({ role }) => role === "plan-data")?.bytes as Uint8Array,
    });
    expectSameBytes(modelOf(again), modelOf(result));
  });
});

describe("what is asked of the target", () => {
  const plan = (options: object) =>
    tensorrt.plan(digits, { host: world.host, budget: { ratio: 0.5 }, ...options });

  it.each([
    [{ granularity: "4:8" }, "INVALID_OPTION"],
    [{ granularity: "2:4", budget: { macs: 0.5 } }, "INVALID_OPTION"],
    [{ granularity: "2:4", budget: { ratio: 0.3 } }, "INVALID_OPTION"],
    [{ budget: { maxDrop: 0.01, over: "ratio" } }, "INVALID_OPTION"],
    [{ budget: { latency: 0.5 } }, "UNAVAILABLE"],
  ])("is refused with a code: %j", async (options, code) => {
    await expect(plan(options)).rejects.toMatchObject({ code });
  });

  it("removes channels alone where that is asked for", async () => {
    const { plan: made } = await plan({ granularity: "channel" });
    expect(made.steps.length).toBeGreaterThan(0);
    expect(made.steps.every(({ kind }) => kind === "slice")).toBe(true);
    expect(made.data).toBeUndefined();
  });
});

function modelOf({ files }: Pick<TargetResult, "files">): Uint8Array {
  return files.find(({ role }) => role === "model")?.bytes as Uint8Array;
}

function eligible(bytes: Uint8Array): string[] {
  const model = readModel(bytes);
  return patternLayers(model, inferFacts(model), defaultHandlers(), TWO_OF_FOUR).layers.map(
    ({ name }) => name,
  );
}

/** Violations of every layer that can carry the pattern, along the axis that a fresh look gives. */
function countAll(bytes: Uint8Array): Map<string, number> {
  const model = readModel(bytes);
  const facts = inferFacts(model);
  const counts = new Map<string, number>();
  for (const { name, dims, axis } of patternLayers(model, facts, defaultHandlers(), TWO_OF_FOUR).layers) {
    const value = storedIn(model).find((one) => one.name === name);
    const tensor = value === undefined ? null : facts.constant(value);
    if (tensor !== null)
      counts.set(name, countViolations(readFloats(tensor), { dims, axis }, TWO_OF_FOUR).violations);
  }
  return counts;
}

function storedIn({ graph }: Model): Value[] {
  const constants = [...graph.nodes].flatMap((node) => (node.inputs.length === 0 ? node.outputs : []));
  return [...graph.initializers, ...constants].filter((value) => value !== null);
}

/** The file with one zero of a block that has two others changed to a number. */
function withOneWeight(bytes: Uint8Array, name: string): Uint8Array {
  const model = readModel(bytes);
  const facts = inferFacts(model);
  const { layers } = patternLayers(model, facts, defaultHandlers(), TWO_OF_FOUR);
  const where = layers.find((layer) => layer.name === name);
  const value = storedIn(model).find((one) => one.name === name);
  const tensor = value === undefined ? null : facts.constant(value);
  if (where === undefined || value === undefined || tensor === null) throw new Error(`no weight ${name}`);
  const rows = axisLast(readFloats(tensor).slice(), where);
  for (let start = 0; start < rows.length; start += 4) {
    const block = rows.subarray(start, start + 4);
    const zero = block.indexOf(0);
    if (block.filter((weight) => weight !== 0).length !== 2) continue;
    block[zero] = 0.25;
    const changed = floatTensor(tensor.dims, axisBack(rows, where), tensor.name);
    if (value.initializer !== null) value.initializer = changed;
    else value.producer?.attributes.set("value", tensorAttribute(changed));
    return modelBytes(model);
  }
  throw new Error(`no full block in ${name}`);
}

/** A target to which every sparse kernel was measured twice as fast. */
function eager(): Target {
  const times = (medianMs: number) => ({
    count: 1,
    layers: [],
    ofNode: (name: string) => ({ name, medianMs, averageMs: medianMs, share: 0 }),
  });
  return tensorrtTarget({ measured: { dense: times(2), sparse: times(1) } });
}
