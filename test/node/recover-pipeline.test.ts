// Recovery in the pipeline: from calibration inputs to a receipt that holds, and what becomes of it when somebody
// changes a weight, the plan or the inputs. All on the real runtime, on networks made here.

import {
  type Calibration,
  type Claim,
  digestWeights,
  type Feeds,
  modelBytes,
  openSubject,
  planText,
  type Receipt,
  randomInputs,
  readPlan,
  recoveriesOf,
  runOutputs,
  sealReceipt,
  type TargetOptions,
  type TargetResult,
  verifyReceipt,
} from "@espalier/core";
import { cpu } from "@espalier/cpu";
import { floatTensor, isEspalierError, readFloats, readModel } from "@espalier/ir";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import { beforeAll, describe, expect, it } from "vitest";
import { Net } from "../topologies/topology.js";

const runtime = nodeRuntime({ threads: 1 });
const host = nodeHost({ cache: null });

/** Two convolutions whose bias is a stored one, a mean behind it or made, and a head. */
function network(): Uint8Array {
  const net = new Net(3);
  const a = net.relu(net.batchNorm(net.conv(net.image(), 3, 8, { bias: false }), 8));
  const b = net.relu(net.conv(a, 8, 8, { bias: false }));
  net.head(net.relu(net.conv(b, 8, 12)), 12);
  return modelBytes(net.builder.model());
}

const source = network();
const subject = openSubject(source);
const inputs = (count: number, seed: number): readonly Feeds[] =>
  randomInputs(subject.model, subject.boundFacts, subject.handlers, { seed, count });
const calibration: Calibration = { inputs: inputs(12, 7), spec: "12 random inputs" };

const prune = (more: Partial<TargetOptions> = {}): Promise<TargetResult> =>
  cpu.prune(source, {
    runtime,
    host,
    budget: { ratio: 0.5 },
    measure: false,
    inputs: 2,
    calibration,
    sourcePath: "net.onnx",
    ...more,
  });

interface Folder {
  receipt: Receipt;
  files: Map<string, Uint8Array>;
}

async function folderOf({ receipt, files }: TargetResult): Promise<Folder> {
  return {
    receipt: await sealReceipt(receipt, host),
    files: new Map(files.map(({ path, bytes }) => [path, bytes])),
  };
}

const verify = ({ receipt, files }: Folder, given: Calibration | null): Promise<readonly Claim[]> =>
  verifyReceipt({ receipt, files, sourceBytes: source, calibration: given, runtime, host, specified: [] });

const named = (claims: readonly Claim[], status: Claim["status"]): string[] =>
  claims.filter((claim) => claim.status === status && !claim.informational).map(({ name }) => name);

const bytesOf = (result: TargetResult, path: string): Uint8Array =>
  result.files.find((file) => file.path === path)?.bytes ?? new Uint8Array();

/** The folder with another model and plan, every digest in the receipt made to fit. */
async function forged(
  { receipt, files }: Folder,
  changes: { readonly model?: Uint8Array; readonly plan?: Uint8Array },
): Promise<Folder> {
  const next = new Map(files);
  if (changes.model !== undefined) next.set("model.onnx", changes.model);
  if (changes.plan !== undefined) next.set("plan.json", changes.plan);
  const entry = async (path: string): Promise<{ path: string; sha256: string; bytes: number }> => {
    const bytes = next.get(path) ?? new Uint8Array();
    return { path, sha256: await host.sha256(bytes), bytes: bytes.byteLength };
  };
  const model = await entry("model.onnx");
  const plan = await entry("plan.json");
  const bytes = next.get("model.onnx") ?? new Uint8Array();
  const fixed: Receipt = {
    ...receipt,
    artefact: model,
    plan,
    files: receipt.files.map((file) => ({ ...file, ...(file.role === "model" ? model : plan) })),
    size: {
      ...receipt.size,
      after: {
        raw: bytes.byteLength,
        gzip: (await host.gzipSize?.([bytes])) ?? null,
        brotli: (await host.brotliSize?.([bytes])) ?? null,
      },
    },
  };
  return { receipt: await sealReceipt(fixed, host), files: next };
}

/** The model with the last of its larger weights changed a little. */
function withChangedWeight(bytes: Uint8Array, edit: (name: string) => boolean): Uint8Array {
  const model = readModel(bytes);
  const [value] = [...model.graph.initializers].filter(
    (one) => (one.initializer?.size ?? 0) > 2 && one.initializer?.dataType === 1 && edit(one.name),
  );
  if (value?.initializer == null) throw new Error("no such weight");
  const floats = readFloats(value.initializer).slice();
  floats[0] = (floats[0] as number) * 1.001 + 1e-4;
  value.initializer = floatTensor(value.initializer.dims, floats, value.initializer.name);
  return modelBytes(model);
}

describe("prune with calibration inputs", () => {
  let result: TargetResult;
  let folder: Folder;
  let none: TargetResult;
  beforeAll(async () => {
    result = await prune();
    folder = await folderOf(result);
    none = await prune({ recover: [] });
  });

  it("recovers after the proof of the removal, and says both", async () => {
    const { receipt, plan } = result;
    expect(receipt.parity).toMatchObject({ reference: "masked" });
    const [entry] = recoveriesOf(receipt);
    expect(entry).toMatchObject({ step: plan.steps.length - 1, methods: ["reconstruct"], n: 12 });
    expect(entry?.after.outputError).toBeLessThan((entry?.before.outputError ?? 0) / 2);
    expect(receipt.calibration).toEqual({ spec: "12 random inputs", sets: 12, items: 12 });
    // The number is that of the bytes that are handed out.
    const artefact = openSubject(bytesOf(result, "model.onnx")).model;
    const [dense, own] = [
      await runOutputs(subject.model, calibration.inputs, { runtime }),
      await runOutputs(artefact, calibration.inputs, { runtime }),
    ];
    const far = (a: typeof dense): number[] =>
      Object.values(a).flatMap((batches) => batches.flatMap(({ data }) => [...(data as Float32Array)]));
    const [x, y] = [far(dense), far(own)];
    const width = x.length / 12;
    const mean = (i: number): number =>
      Array.from({ length: 12 }, (_, set) => x[set * width + (i % width)] as number).reduce(
        (s, v) => s + v,
        0,
      ) / 12;
    const error = x.reduce((sum, v, i) => sum + (v - (y[i] as number)) ** 2, 0);
    const energy = x.reduce((sum, v, i) => sum + (v - mean(i)) ** 2, 0);
    expect(entry?.after.outputError).toBeCloseTo(error / energy, 6);
  });

  it("gives the same bytes again, and other ones without recovery", async () => {
    const again = await prune();
    expect(Buffer.from(bytesOf(again, "model.onnx")).equals(bytesOf(result, "model.onnx"))).toBe(true);
    expect(Buffer.from(bytesOf(again, "plan.json")).equals(bytesOf(result, "plan.json"))).toBe(true);
    expect(none.receipt.recovery).toEqual([]);
    expect(none.plan.steps.every(({ kind }) => kind === "slice")).toBe(true);
    expect(Buffer.from(bytesOf(none, "model.onnx")).equals(bytesOf(result, "model.onnx"))).toBe(false);
  });

  it("is replayed by apply with the same inputs, and refused without them", async () => {
    const plan = readPlan(bytesOf(result, "plan.json"));
    const options = { runtime, host, measure: false, inputs: 2, sourcePath: "net.onnx" };
    const applied = await cpu.apply(plan, source, { ...options, calibration });
    expect(Buffer.from(bytesOf(applied, "model.onnx")).equals(bytesOf(result, "model.onnx"))).toBe(true);
    for (const given of [{}, { calibration: { inputs: inputs(12, 8) } }])
      await expect(cpu.apply(plan, source, { ...options, ...given })).rejects.toSatisfy((error) =>
        isEspalierError(error, "CALIBRATION_MISSING"),
      );
  });

  it("verifies in full with the inputs, and in all but one claim without", async () => {
    const full = await verify(folder, calibration);
    expect([named(full, "fails"), named(full, "unchecked")]).toEqual([[], []]);
    const without = await verify(folder, null);
    expect(named(without, "fails")).toEqual([]);
    expect(named(without, "unchecked")).toEqual(["weights follow from the calibration inputs"]);
  });

  it("fails for other inputs", async () => {
    const other = await verify(folder, { inputs: inputs(12, 8) });
    expect(named(other, "fails")).toEqual(["weights follow from the calibration inputs"]);
  });

  it("fails for a changed weight, whether the recovery may touch it or not", async () => {
    const model = folder.files.get("model.onnx") ?? new Uint8Array();
    const names = [...readModel(model).graph.initializers].map(({ name }) => name);
    const touched = names.filter((name) => isChanged(name, model));
    expect(touched.length).toBeGreaterThan(0);
    for (const [edit, claim] of [
      [(name: string) => touched.includes(name), "weights of the artefact are the plan's"],
      [(name: string) => !touched.includes(name), "artefact is the plan applied to the source"],
    ] as const) {
      const claims = await verify(await forged(folder, { model: withChangedWeight(model, edit) }), null);
      expect(named(claims, "fails")).toContain(claim);
    }
  });

  it("never holds for weights forged together with the plan, the receipt and its seal", async () => {
    const donor = readModel(
      withChangedWeight(folder.files.get("model.onnx") ?? new Uint8Array(), (name) =>
        isChanged(name, folder.files.get("model.onnx") ?? new Uint8Array()),
      ),
    );
    const plan = readPlan(folder.files.get("plan.json") ?? new Uint8Array());
    const resultSha256 = await digestWeights(donor, host);
    const steps = plan.steps.map((step) =>
      step.kind === "update-weights" ? { ...step, resultSha256 } : step,
    );
    const planBytes = new TextEncoder().encode(planText({ ...plan, steps }));
    donor.metadataProps.set("espalier.plan_sha256", await host.sha256(planBytes));
    const lie = await forged(folder, { model: modelBytes(donor), plan: planBytes });
    expect(named(await verify(lie, null), "unchecked")).toContain(
      "weights follow from the calibration inputs",
    );
    expect(named(await verify(lie, calibration), "fails")).toContain(
      "weights follow from the calibration inputs",
    );
    const better = recoveriesOf(folder.receipt).map((entry) => ({ ...entry, after: { outputError: 0 } }));
    const boast = { ...folder, receipt: await sealReceipt({ ...folder.receipt, recovery: better }, host) };
    expect(named(await verify(boast, calibration), "fails")).toEqual(["recovery follows the plan"]);
  });

  /** Whether the recovery gave this weight other elements than the slice has. */
  function isChanged(name: string, model: Uint8Array): boolean {
    const tensorIn = (bytes: Uint8Array): Uint8Array | undefined =>
      [...readModel(bytes).graph.initializers].find((one) => one.name === name)?.initializer?.bytes();
    const own = tensorIn(model);
    const sliced = tensorIn(bytesOf(none, "model.onnx"));
    return sliced === undefined || own === undefined || !Buffer.from(own).equals(sliced);
  }

  it("stops when it is cancelled", async () => {
    const abort = new AbortController();
    const stopped = prune({
      signal: abort.signal,
      onProgress: ({ phase }) => {
        if (phase === "recovery") abort.abort();
      },
    });
    await expect(stopped).rejects.toSatisfy((error) => isEspalierError(error, "ABORTED"));
  });
});

describe("what is not recovered", () => {
  it("is named with a reason: transposed convolutions and shared weights", async () => {
    const net = new Net(5);
    const shared = net.weights("shared", [6, 6, 1, 1]);
    const a = net.relu(net.conv(net.image(), 3, 6));
    const b = net.builder.op("Conv", [net.relu(net.builder.op("Conv", [a, shared])), shared]);
    net.builder.output(net.builder.op("ConvTranspose", [net.relu(b), net.weights("up", [6, 2, 1, 1])]), "y");
    const bytes = modelBytes(net.builder.model());
    const own = openSubject(bytes);
    const result = await cpu.prune(bytes, {
      runtime,
      host,
      budget: { ratio: 0.5 },
      measure: false,
      inputs: 2,
      calibration: { inputs: randomInputs(own.model, own.boundFacts, own.handlers, { seed: 1, count: 4 }) },
    });
    const codes = recoveriesOf(result.receipt).flatMap(({ left = [] }) => left.map(({ code }) => code));
    expect([...new Set(codes)].sort()).toEqual(["NOT_SOLVED", "SHARED_WEIGHTS"]);
  });
});

describe("allocation by sensitivity and a largest drop", () => {
  const labelled = async (count: number): Promise<Calibration> => {
    const sets = inputs(count, 9);
    const [outputs = []] = Object.values(await runOutputs(subject.model, sets, { runtime }));
    const labels = outputs.map(({ data }) => {
      const row = [...(data as Float32Array)];
      return [row.indexOf(Math.max(...row))];
    });
    return { inputs: sets, labels };
  };

  it("plans along measured curves, which the receipt keeps, and needs inputs for it", async () => {
    const asked = { budget: { macs: 0.5 }, allocation: "sensitivity", criterion: "reconstruction" } as const;
    const { plan, receipt } = await prune(asked);
    expect(plan.options).toMatchObject({ allocation: "sensitivity", criterion: "reconstruction" });
    expect(receipt.macs.after).toBeLessThanOrEqual((receipt.macs.before ?? 0) / 2);
    const groups = receipt.sensitivity?.curves.map(({ group }) => group) ?? [];
    expect(groups.length).toBeGreaterThan(1);
    for (const step of plan.steps) if (step.kind === "slice") expect(groups).toContain(step.group);
    const { calibration: _, ...without } = { ...asked, runtime, host, calibration };
    await expect(cpu.prune(source, without)).rejects.toSatisfy((error) =>
      isEspalierError(error, "CALIBRATION_MISSING"),
    );
  });

  it("finds the smallest size within the drop, judged on inputs that nothing was fitted on", async () => {
    const given = await labelled(40);
    const asked = { allocation: "sensitivity", criterion: "reconstruction", calibration: given } as const;
    const result = await prune({ ...asked, budget: { maxDrop: 0.1, over: "macs" } });
    const { drop, recovery } = result.receipt;
    expect(drop).toMatchObject({ measure: "accuracy", limit: 0.1, dense: 1, sets: 10, items: 10 });
    expect(recovery[0]?.n).toBe(30);
    expect(drop?.found).toBeLessThanOrEqual(0.1);
    const met = drop?.candidates.filter((one) => one.met).map(({ value }) => value) ?? [];
    const missed = drop?.candidates.filter((one) => !one.met).map(({ value }) => value) ?? [];
    expect(Math.min(...met) - Math.max(0, ...missed)).toBeCloseTo(0.01, 9);
    const folder = await folderOf(result);
    const claims = await verify(folder, given);
    expect([named(claims, "fails"), named(claims, "unchecked")]).toEqual([[], []]);
    const [entry] = recoveriesOf(folder.receipt);
    expect(entry?.after.accuracy).toBeTypeOf("number");
    const flattered = entry && { ...entry, after: { ...entry.after, accuracy: 1.5 } };
    const praised = { ...folder.receipt, recovery: flattered ? [flattered] : [] };
    const praise = await verify({ ...folder, receipt: await sealReceipt(praised, host) }, given);
    expect(named(praise, "fails")).toEqual(["accuracy on the calibration inputs"]);
    const boast = { ...folder.receipt, drop: { ...(drop as NonNullable<typeof drop>), found: -0.1 } };
    const lied = await verify({ ...folder, receipt: await sealReceipt(boast, host) }, given);
    expect(named(lied, "fails")).toEqual(["drop on the held-out inputs"]);
  });

  it("prunes nothing where every size loses too much", async () => {
    const result = await prune({ budget: { maxDrop: 0, over: "ratio" } });
    expect(result.pruned).toBeNull();
    expect(result.receipt.refused.map(({ code }) => code)).toContain("DROP_UNREACHABLE");
    const claims = await verify(await folderOf(result), calibration);
    expect(named(claims, "fails")).toEqual([]);
  });

  it("keeps every group above --min-width and --max-ratio under every allocation", async () => {
    const limits = { minWidth: 3, maxRatio: 0.4, recover: [], include: ["*"], exclude: [] };
    for (const more of [
      { budget: { ratio: 0.9 } },
      { budget: { macs: 0.1 } },
      { budget: { macs: 0.1 }, allocation: "sensitivity" as const, criterion: "reconstruction" as const },
    ]) {
      const planned = await cpu.plan(source, { runtime, host, calibration, ...limits, ...more });
      for (const { before, after } of planned.widths)
        expect(after).toBeGreaterThanOrEqual(Math.min(before, Math.max(3, Math.ceil(before * 0.6 - 1e-9))));
    }
  });
});
