// Tampering with a receipt, its plan and its artefact, on a network made here. What needs a runtime is tested
// with the built command (test/node).

import { createHash } from "node:crypto";
import { floatTensor, GraphBuilder, inferFacts } from "@espalier/ir";
import { beforeAll, describe, expect, it } from "vitest";
import { uniform } from "../allocation/uniform.js";
import { measureSparsity } from "../measure/sparsity.js";
import { modelBytes } from "../parity/parity.js";
import { sliceSteps } from "../plan/plan.js";
import { planText } from "../plan/plan-text.js";
import type { Host } from "../runtime.js";
import { applyStructural } from "../target/apply-structural.js";
import { planStructural } from "../target/plan-structural.js";
import { structuralCosts } from "../target/structural-costs.js";
import { openSubject } from "../target/subject.js";
import type { Claim } from "./claim.js";
import { readReceipt } from "./read-receipt.js";
import type { Receipt } from "./receipt.js";
import { receiptText, sealReceipt } from "./seal.js";
import { verifyReceipt } from "./verify.js";

const sha = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const host: Host = {
  sha256: async (bytes) => sha(bytes instanceof Uint8Array ? bytes : Buffer.concat(bytes)),
  gzipSize: null,
  brotliSize: null,
  now: () => 0,
  timestamp: () => "2026-11-24T00:00:00.000Z",
  machine: () => ({ node: "20.20.2", platform: "test" }),
};

interface Case {
  receipt: Receipt;
  readonly files: Map<string, Uint8Array>;
  source: Uint8Array | null;
}

let made: Case;

beforeAll(async () => {
  const weights = (count: number): number[] => Array.from({ length: count }, (_, i) => Math.sin(i + 1));
  const builder = new GraphBuilder();
  const x = builder.input("x", [1, 3, 8, 8]);
  const first = builder.op("Conv", [x, builder.weight("w1", floatTensor([8, 3, 1, 1], weights(24)))]);
  const second = builder.op("Conv", [
    builder.op("Relu", [first]),
    builder.weight("w2", floatTensor([4, 8, 1, 1], weights(32))),
  ]);
  builder.output(second, "y");
  made = await pruned(modelBytes(builder.model()));
});

async function pruned(source: Uint8Array): Promise<Case> {
  const subject = openSubject(source);
  const options = { budget: { ratio: 0.5 }, allocation: uniform(), sourcePath: "net.onnx" };
  const identity = { sha256: sha(source), bytes: source.byteLength };
  const { plan, ...details } = await planStructural(subject, identity, "cpu", { ...options, host });
  const planBytes = new TextEncoder().encode(planText(plan));
  const applied = applyStructural(subject, sliceSteps(plan.steps), plan, sha(planBytes));
  const model = applied.prunedBytes;
  const artefact = { path: "model.onnx", sha256: sha(model), bytes: model.byteLength };
  const entry = { path: "plan.json", sha256: sha(planBytes), bytes: planBytes.byteLength, role: "plan" };
  const receipt: Receipt = {
    schema: 1,
    source: { path: "net.onnx", sha256: sha(source), bytes: source.byteLength },
    artefact,
    files: [{ ...artefact, role: "model" }, entry],
    target: "cpu",
    plan: { path: entry.path, sha256: entry.sha256 },
    seed: plan.seed,
    versions: { espalier: "0.1.0" },
    machine: host.machine(),
    createdAt: host.timestamp(),
    command: ["espalier", "prune"],
    bindings: subject.bindings,
    inputs: { seed: 1, count: 8, spec: "random" },
    ...structuralCosts(subject, applied.pruned),
    size: { before: size(source), after: size(model) },
    memory: { peakBytes: null },
    load: { ms: null },
    sparsity: measureSparsity(applied.pruned, inferFacts(applied.pruned)),
    parity: {
      reference: "masked",
      maxAbs: 1e-7,
      maxRel: 1e-7,
      outputs: [{ name: "y", maxAbs: 1e-7, maxRel: 1e-7, ties: 0 }],
      inputs: 8,
      tolerance: 1e-4,
    },
    recovery: [],
    latency: {
      source: null,
      before: latency([4, 2, 3, 3, 3]),
      after: latency([1, 1, 1, 1, 1]),
      speedup: null,
      beside: [],
    },
    widths: details.widths,
    cleanups: applied.cleanups,
    refused: details.refused,
  };
  const files = new Map([
    ["model.onnx", model],
    ["plan.json", planBytes],
  ]);
  return { receipt: await sealReceipt(receipt, host), files, source };
}

function size(bytes: Uint8Array): Receipt["size"]["before"] {
  return { raw: bytes.byteLength, gzip: null, brotli: null };
}

function latency(samplesMs: readonly number[]) {
  const unstable = samplesMs.some((one) => one !== samplesMs[0]);
  const p = unstable ? { medianMs: 3, p10Ms: 2.4, p90Ms: 3.6 } : { medianMs: 1, p10Ms: 1, p90Ms: 1 };
  return { ...p, runs: samplesMs.length, threads: 1, batch: 1, runtime: "test", unstable, samplesMs };
}

const verify = (one: Case): Promise<readonly Claim[]> =>
  verifyReceipt({ ...one, sourceBytes: one.source, runtime: null, specified: [], host });
const failed = (claims: readonly Claim[]): string[] =>
  claims.filter(({ status }) => status === "fails").map(({ name }) => name);
const open = (claims: readonly Claim[]): string[] =>
  claims.filter((claim) => claim.status === "unchecked" && !claim.informational).map(({ name }) => name);
const copy = (): Case => ({ ...structuredClone(made), files: new Map(made.files) });

/** A receipt with one value changed, and its seal computed anew: a careful forger. */
async function forged(change: (receipt: Mutable) => void): Promise<Case> {
  const one = copy();
  change(one.receipt as unknown as Mutable);
  one.receipt = await sealReceipt(one.receipt, host);
  return one;
}
type Mutable = { -readonly [K in keyof Receipt]: DeepMutable<Receipt[K]> };
type DeepMutable<T> = T extends object ? { -readonly [K in keyof T]: DeepMutable<T[K]> } : T;

describe("verifyReceipt", () => {
  it("leaves only parity open where there is no runtime", async () => {
    const claims = await verify(copy());
    expect(failed(claims)).toEqual([]);
    expect(open(claims)).toEqual(["parity"]);
  });

  it("survives being written and read", async () => {
    const one = copy();
    one.receipt = readReceipt(new TextEncoder().encode(receiptText(one.receipt)));
    expect(failed(await verify(one))).toEqual([]);
  });

  it("leaves open what needs the source, and checks the rest", async () => {
    const claims = await verify({ ...copy(), source: null });
    expect(failed(claims)).toEqual([]);
    expect(open(claims)).toContain("artefact is the plan applied to the source");
    expect(open(claims)).toContain("parameters");
    expect(claims.find(({ name }) => name === "metadata of the artefact")?.status).toBe("holds");
  });

  it("fails when the source is another file", async () => {
    const one = copy();
    one.source?.fill(0, 10, 11);
    expect(failed(await verify(one))).toEqual(["source"]);
  });

  it("fails at every single flipped bit of artefact and plan", async () => {
    for (const [name, bytes] of made.files) {
      for (let at = 0; at < bytes.byteLength; at += 7) {
        const one = copy();
        const flipped = bytes.slice();
        flipped[at] = (flipped[at] as number) ^ (1 << (at % 8));
        one.files.set(name, flipped);
        expect(failed(await verify(one))).toContain(`file ${name}`);
      }
    }
  });

  it("fails when a weight is changed and every digest of the artefact rewritten", async () => {
    const bytes = (made.files.get("model.onnx") as Uint8Array).slice();
    const weight = bytes.byteLength - 300;
    bytes[weight] = (bytes[weight] as number) ^ 1;
    const one = await forged((receipt) => {
      const artefact = { path: "model.onnx", sha256: sha(bytes), bytes: bytes.byteLength };
      receipt.artefact = artefact;
      receipt.files[0] = { ...artefact, role: "model" };
    });
    one.files.set("model.onnx", bytes);
    expect(failed(await verify(one))).toContain("artefact is the plan applied to the source");
  });

  it("fails when a kept unit is changed and every digest of the plan rewritten", async () => {
    const plan = JSON.parse(new TextDecoder().decode(made.files.get("plan.json")));
    const { keep, width } = plan.steps[0];
    keep[0] = Array.from({ length: width }, (_, unit) => unit).find((unit) => !keep.includes(unit));
    keep.sort((a: number, b: number) => a - b);
    const bytes = new TextEncoder().encode(planText(plan));
    const one = await forged((receipt) => {
      receipt.plan = { path: "plan.json", sha256: sha(bytes) };
      receipt.files[1] = { path: "plan.json", sha256: sha(bytes), bytes: bytes.byteLength, role: "plan" };
    });
    one.files.set("plan.json", bytes);
    expect(failed(await verify(one))).toContain("artefact is the plan applied to the source");
    expect(failed(await verify({ ...one, source: null }))).toContain("metadata of the artefact");
  });

  it("fails when a file is missing", async () => {
    for (const name of ["model.onnx", "plan.json"]) {
      const one = copy();
      one.files.delete(name);
      expect(failed(await verify(one))).toContain(`file ${name}`);
    }
  });

  const forgeries: readonly [claim: string, change: (receipt: Mutable) => void][] = [
    ["parameters", ({ params }) => (params.after = 1)],
    ["parameters", ({ params }) => (params.before = 1e6)],
    ["MACs", ({ macs }) => (macs.after = 1)],
    ["MACs", ({ macs }) => (macs.before = 1e9)],
    ["costs by node", ({ costs }) => ((costs[0] as { node: string }).node = "other")],
    ["sparsity", ({ sparsity }) => (sparsity.zeros = 17)],
    ["size before", ({ size }) => (size.before.raw *= 2)],
    ["size after", ({ size }) => (size.after.raw = 1)],
    ["widths follow the plan", ({ widths }) => ((widths[0] as { after: number }).after = 1)],
    ["widths fit the source", ({ widths }) => ((widths[0] as { members: number }).members = 99)],
    ["clean-ups", ({ cleanups }) => cleanups.push("made it better")],
    ["plan and receipt agree", (receipt) => (receipt.seed = 7)],
    ["plan and receipt agree", ({ bindings }) => (bindings.N = 3)],
    ["source", ({ source }) => (source.sha256 = "0".repeat(64))],
    ["the artefact is a listed file", ({ files }) => files.shift()],
    ["the plan is a listed file", ({ files }) => files.pop()],
    ["parity", (receipt) => ((receipt.parity as { tolerance: number }).tolerance = 1)],
    ["parity", (receipt) => ((receipt.parity as { maxRel: number }).maxRel = 0)],
    ["parity", (receipt) => (receipt.parity = null)],
    ["timings follow from their runs", ({ latency }) => ((latency as { speedup: number }).speedup = 9)],
    [
      "timings follow from their runs",
      ({ latency }) => ((latency as { after: { medianMs: number } }).after.medianMs = 0.1),
    ],
    [
      "refusals",
      ({ refused }) => refused.push({ group: "none#1", node: null, code: "X", reason: "", unblock: "" }),
    ],
  ];
  for (const [claim, change] of forgeries) {
    it(`fails "${claim}" after ${String(change).slice(0, 70)}, sealed anew`, async () => {
      expect(failed(await verify(await forged(change)))).toContain(claim);
    });
  }

  it("finds any changed value by the seal", async () => {
    for (const path of scalars(made.receipt)) {
      const one = copy();
      const last = path.at(-1) as string;
      let at = one.receipt as unknown as Record<string, unknown>;
      for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
      const value = at[last];
      at[last] = typeof value === "number" ? value + 1 : typeof value === "boolean" ? !value : `${value}!`;
      expect(failed(await verify(one)), path.join(".")).toContain("seal");
    }
  });

  it("holds for a receipt of nothing pruned, and fails when its plan has steps", async () => {
    const nothing = await forged((receipt) => {
      receipt.artefact = null;
      receipt.files.shift();
    });
    expect(failed(await verify(nothing))).toContain("nothing could be pruned");
  });
});

/** Paths of all values that are no objects, but for the seal itself. */
function scalars(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== "object") return path[0] === "seal" ? [] : [path];
  return Object.entries(value ?? {}).flatMap(([key, one]) => scalars(one, [...path, key]));
}
