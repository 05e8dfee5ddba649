// What the pipeline owes a target whose artefact is no ONNX file, held against a format of which all is known: the
// network inside an envelope of four bytes, on a runtime that opens it.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type ArtefactFile,
  isUnavailable,
  modelBytes,
  openSubject,
  type Runtime,
  readPlan,
  readReceipt,
  receiptText,
  sealReceipt,
  structuralTarget,
  type Target,
  verifyReceipt,
} from "@espalier/core";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import { describe, expect, it } from "vitest";
import { testTarget } from "../conformance/target.js";
import { expectSameBytes } from "../same-bytes.js";

const SEAL = [0x45, 0x4e, 0x56];
const MISSING = { unavailable: "NO_ENVELOPES", unblock: "Use a machine that opens envelopes." };

const host = nodeHost({ cache: null });
const runtime = nodeRuntime();
const model = new Uint8Array(
  readFileSync(fileURLToPath(new URL("../../apps/cli/models/digits.onnx", import.meta.url))),
);

interface Faults {
  readonly refuses?: string;
  readonly tolerance?: number | null;
}

function enveloped({ refuses, tolerance = 1e-4 }: Faults = {}): Target {
  return structuralTarget({
    name: "enveloped",
    runs: "ONNX Runtime on envelopes",
    foreign: {
      name: "tflite",
      path: "model.env",
      missing: MISSING,
      export: (network, { settings }) => {
        const refused = {
          group: null,
          node: refuses ?? null,
          code: "NO",
          reason: "It is not",
          unblock: "Nothing",
        };
        if (refuses !== undefined) return { refused: [refused] };
        const onnx = modelBytes(network);
        const bytes = new Uint8Array(onnx.length + 4);
        bytes.set([...SEAL, Number(settings.version ?? 1)]);
        bytes.set(onnx, 4);
        return { bytes, tolerance };
      },
    },
  });
}

/** Opens envelopes and plain models; `scale` spoils the first output. */
function envelopes(scale = 1): Runtime {
  const open = (bytes: Uint8Array): Uint8Array =>
    SEAL.every((byte, i) => bytes[i] === byte) ? bytes.subarray(4) : bytes;
  type Given = Parameters<Runtime["load"]>[0];
  const opened = (given: Given): Given =>
    given instanceof Uint8Array ? open(given) : { ...given, bytes: open(given.bytes) };
  return {
    ...runtime,
    name: "envelopes 1.0",
    openProfiler: async () => MISSING,
    loadUntrusted: async (given, options) => {
      const session = await runtime.loadUntrusted(opened(given), options);
      return {
        ...session,
        run: async (feeds) => {
          const outputs = await session.run(feeds);
          for (const { data } of Object.values(outputs))
            if (data instanceof Float32Array)
              for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) * scale;
          return outputs;
        },
        dispose: () => session.dispose(),
      };
    },
    measureFootprint: (given, feeds, options) => runtime.measureFootprint(opened(given), feeds, options),
    measureLatency: (request) =>
      runtime.measureLatency({
        ...request,
        models: Object.fromEntries(
          Object.entries(request.models).map(([label, one]) => [label, { ...one, bytes: open(one.bytes) }]),
        ),
      }),
  };
}

testTarget("enveloped", () => ({
  target: enveloped(),
  world: { runtime, host, deployment: envelopes() },
  model,
}));

describe("a target whose artefact is no ONNX file", () => {
  const options = { runtime, host, budget: { ratio: 0.5 }, seed: 3, measure: false, inputs: 2 } as const;
  const path = (files: readonly ArtefactFile[]) => files.map((file) => `${file.role} ${file.path}`);

  it("keeps the network beside the artefact, and says how far they agree on which runtime", async () => {
    const { files, receipt } = await enveloped().prune(model, { ...options, deployment: envelopes() });
    expect(path(files)).toEqual(["model model.env", "pruned pruned.onnx", "plan plan.json"]);
    expect(receipt.artefact).toMatchObject({ path: "model.env", bytes: files[0]!.bytes.length });
    expectSameBytes(files[0]!.bytes.subarray(4), files[1]!.bytes);
    expect(receipt.size.after.raw).toBe(files[0]!.bytes.length);
    expect(receipt.versions).toMatchObject({ runtime: runtime.name, deployment: "envelopes 1.0" });
    const { export: record } = readReceipt(new TextEncoder().encode(receiptText(receipt)));
    expect(record).toMatchObject({ reference: "pruned onnx", path: "pruned.onnx", runtime: "envelopes 1.0" });
    expect(record).toMatchObject({ maxRel: 0, inputs: 2, tolerance: 1e-4 });
  });

  it("says why an artefact was not run, and lets no other runtime stand in", async () => {
    const target = enveloped();
    const { files, receipt } = await target.prune(model, { ...options, measure: true });
    expect(receipt.export).toMatchObject({ runtime: null, maxRel: null, reason: MISSING.unavailable });
    expect(receipt.latency).toEqual(MISSING);
    expect(await target.profile({ runtime, host })).toEqual(MISSING);
    expect(await target.runModel(files, {}, { runtime, host })).toEqual(MISSING);
    const sealed = await sealReceipt(receipt, host);
    const claims = await target.verify(files, { runtime, host, receipt: sealed, sourceBytes: model });
    expect(claims.filter(({ status }) => status === "fails")).toEqual([]);
    expect(claims.find(({ name }) => name === "export agrees")).toMatchObject({ status: "unchecked" });
  });

  it("hands out nothing that computes something else", async () => {
    const spoilt = { ...options, deployment: envelopes(1.001) };
    await expect(enveloped().prune(model, spoilt)).rejects.toMatchObject({ code: "MISMATCH" });
    // Where precision is given up on purpose, the difference is a figure of the receipt.
    const { receipt } = await enveloped({ tolerance: null }).prune(model, spoilt);
    expect(receipt.export?.maxRel).toBeCloseTo(0.001, 5);
    // Numbers that are none are no precision.
    const overflown = { ...options, deployment: envelopes(Number.POSITIVE_INFINITY) };
    await expect(enveloped({ tolerance: null }).prune(model, overflown)).rejects.toMatchObject({
      code: "NONFINITE",
    });
  });

  it("removes nothing from a network that the format cannot hold, and says why", async () => {
    const target = enveloped({ refuses: "conv1" });
    for (const budget of [{ ratio: 0.5 }, { maxDrop: 0.01, over: "ratio" }] as const) {
      const result = await target.prune(model, { ...options, budget });
      expect(result.pruned).toBeNull();
      expect(result.receipt.artefact).toBeNull();
      expect(result.receipt.refused).toMatchObject([{ node: "conv1", code: "NO" }]);
    }
    const exported = await target.exportModel(openSubject(model).model);
    expect(isUnavailable(exported) && exported.unavailable).toBe("NO");
  });

  it("writes the choices of the format into the plan, and replays them", async () => {
    const target = enveloped();
    const world = { ...options, deployment: envelopes() };
    const given = await target.prune(model, { ...world, export: { version: "2" } });
    const plan = readPlan(given.files.find(({ role }) => role === "plan")!.bytes);
    expect(plan.options.export).toEqual({ version: "2" });
    expect(given.files[0]!.bytes[3]).toBe(2);
    const again = await target.apply(plan, model, world);
    expect(path(again.files)).toEqual(path(given.files));
    for (const [i, { path, bytes }] of again.files.entries())
      expectSameBytes(bytes, given.files[i]!.bytes, path);
  });

  it("finds an artefact that is not the network beside it, and a figure that was improved", async () => {
    const target = enveloped();
    const deployment = envelopes();
    const { files, receipt } = await target.prune(model, { ...options, deployment });
    const verify = async (
      changed: readonly ArtefactFile[],
      said: typeof receipt,
      how: Target | null = target,
    ) => {
      const sealed = await sealReceipt(said, host);
      const world = { runtime, host, receipt: sealed, sourceBytes: model };
      const claims =
        how === null
          ? await verifyReceipt({
              ...world,
              files: new Map(changed.map(({ path: name, bytes }) => [name, bytes])),
              specified: [],
            })
          : await how.verify(changed, { ...world, deployment });
      return claims.filter(({ status }) => status === "fails").map(({ name }) => name);
    };
    expect(await verify(files, receipt)).toEqual([]);
    const [artefact, pruned, ...rest] = files as [ArtefactFile, ArtefactFile, ...ArtefactFile[]];
    const other = artefact.bytes.slice();
    other[other.length - 1]! ^= 1;
    const listed = await Promise.all(
      receipt.files.map(async (file) =>
        file.role === "model" ? { ...file, sha256: await host.sha256(other) } : file,
      ),
    );
    const forged = {
      ...receipt,
      files: listed,
      artefact: { ...receipt.artefact!, sha256: await host.sha256(other) },
    };
    expect(await verify([{ ...artefact, bytes: other }, pruned, ...rest], forged)).toContain(
      "the artefact is the pruned network, exported",
    );
    const record = receipt.export!;
    const wider = { ...receipt, export: { ...record, tolerance: 0.5 } };
    expect(await verify(files, wider)).toContain("export agrees");
    const { export: _, ...silent } = receipt;
    expect(await verify(files, silent as typeof receipt)).toContain(
      "the artefact is the pruned network, exported",
    );
    // A reader that knows no such format does not take the file for checked.
    expect(await verify(files, receipt, null)).toContain("the artefact is the pruned network, exported");
  });
});
