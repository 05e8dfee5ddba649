import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keptUnits } from "./kept-units.js";
import type { PruningPlan } from "./plan.js";
import { isDataStep, type LooseStep, openPlanData, packPlanData } from "./plan-data.js";
import { planText } from "./plan-text.js";
import { readPlan } from "./read-plan.js";

const host = {
  sha256: async (bytes: Uint8Array | readonly Uint8Array[]) => {
    const hash = createHash("sha256");
    for (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) hash.update(chunk);
    return hash.digest("hex");
  },
};
const coded = (code: string) => expect.objectContaining({ code });

const order = (group: string, ...units: number[]): LooseStep => ({
  step: { kind: "permute", group, width: units.length, kept: { before: 1, after: 2 }, reason: "" },
  order: Uint32Array.from(units),
});
const mask = (tensor: string, dims: readonly number[], bits: readonly number[]): LooseStep => ({
  step: { kind: "mask", tensor, dims, pattern: { nonzero: 2, block: 4, axis: 1 }, reason: "" },
  mask: Uint8Array.from(bits),
});

async function planOf(...loose: LooseStep[]): Promise<{ plan: PruningPlan; bytes: Uint8Array }> {
  const { steps, file, data } = await packPlanData(loose, host);
  const plan: PruningPlan = {
    schema: 1,
    tool: "espalier",
    version: "0.1.0",
    source: { sha256: "0".repeat(64), path: "m.onnx" },
    bindings: {},
    seed: 1,
    target: "tensorrt",
    budget: { kind: "ratio", value: 0.5 },
    options: {
      granularity: "2:4",
      criterion: "l1",
      allocation: "uniform",
      schedule: "one-shot",
      step: 1,
      minWidth: 1,
      include: [],
      exclude: [],
      keepOverridable: false,
    },
    costTable: null,
    data: file,
    steps,
  };
  return { plan, bytes: data.bytes };
}

const read = (plan: unknown) => readPlan(new TextEncoder().encode(planText(plan as PruningPlan)));

describe("plan.bin", () => {
  it("holds orders as 32-bit numbers and masks as bits, the first element lowest", async () => {
    const { plan, bytes } = await planOf(
      order("g", 2, 0, 1),
      mask("w", [2, 4], [1, 0, 1, 0, 0, 0, 1, 1]),
      mask("v", [1, 4], [0, 0, 1, 1]),
    );
    expect([...bytes]).toEqual([2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0b1100_0101, 0b1100]);
    expect(plan.steps.filter(isDataStep).map(({ data }) => data.offset)).toEqual([0, 12, 13]);
    const data = await openPlanData(read(plan), bytes, host);
    expect([...(data?.orders.get("g") ?? [])]).toEqual([2, 0, 1]);
    expect([...(data?.masks.get("v") ?? [])]).toEqual([0, 0, 1, 1]);
  });

  it("gives back every order and mask", async () => {
    const any = fc.record({
      units: fc.integer({ min: 2, max: 40 }).chain((width) =>
        fc.shuffledSubarray(
          Array.from({ length: width }, (_, i) => i),
          { minLength: width, maxLength: width },
        ),
      ),
      bits: fc
        .integer({ min: 1, max: 9 })
        .chain((blocks) => fc.array(fc.nat({ max: 1 }), { minLength: 4 * blocks, maxLength: 4 * blocks })),
    });
    await fc.assert(
      fc.asyncProperty(any, async ({ units, bits }) => {
        const { plan, bytes } = await planOf(order("g", ...units), mask("w", [1, bits.length], bits));
        const data = await openPlanData(read(plan), bytes, host);
        expect([...(data?.orders.get("g") ?? [])]).toEqual(units);
        expect([...(data?.masks.get("w") ?? [])]).toEqual(bits);
      }),
    );
  });

  it("is refused when it is missing, shorter, or any bit of it is another", async () => {
    const { plan, bytes } = await planOf(order("g", 1, 0), mask("w", [1, 4], [1, 1, 0, 0]));
    const open = (file: Uint8Array | null) => openPlanData(plan, file, host);
    await expect(open(null)).rejects.toThrow(coded("INVALID_PLAN"));
    await expect(open(bytes.slice(1))).rejects.toThrow(coded("INVALID_PLAN"));
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const other = bytes.slice();
      other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7));
      await expect(open(other)).rejects.toThrow(coded("INVALID_PLAN"));
    }
  });

  it("is refused when it is whole but no step's data: a unit twice, a bit behind the last element", async () => {
    const forged = async (loose: LooseStep) => {
      const { plan, bytes } = await planOf(loose);
      return openPlanData(plan, bytes, host);
    };
    await expect(forged(order("g", 1, 1))).rejects.toThrow(coded("INVALID_PLAN"));
    await expect(forged(order("g", 0, 2))).rejects.toThrow(coded("INVALID_PLAN"));
    const long = mask("w", [1, 4], [1, 1, 0, 0, 0, 0, 1]);
    await expect(forged(long)).rejects.toThrow(coded("INVALID_PLAN"));
  });
});

type Loose = ReturnType<typeof JSON.parse>;

describe("a plan with data", () => {
  const change = async (edit: (plan: Loose) => void): Promise<string> => {
    const { plan } = await planOf(order("g", 1, 0), mask("w", [1, 4], [1, 1, 0, 0]));
    const copy = JSON.parse(JSON.stringify(plan));
    edit(copy);
    try {
      read(copy);
    } catch (error) {
      const { code, context } = error as { code: string; context: { where: string } };
      return `${code} ${context.where}`;
    }
    return "read";
  };

  it.each([
    ["read", "read as it is", () => {}],
    ["INVALID_PLAN #/data", "without its file", (plan) => delete plan.data],
    ["INVALID_PLAN #/data/bytes", "with a longer file", (plan) => plan.data.bytes++],
    ["INVALID_PLAN #/data/path", "with a file elsewhere", (plan) => (plan.data.path = "../plan.bin")],
    ["INVALID_PLAN #/steps/1/data/offset", "with a gap", (plan) => plan.steps[1].data.offset++],
    ["INVALID_PLAN #/steps/1/data/bytes", "with a longer mask", (plan) => plan.steps[1].data.bytes++],
    ["INVALID_PLAN #/steps/1/pattern/axis", "along no axis", (plan) => (plan.steps[1].pattern.axis = 2)],
    ["INVALID_PLAN #/steps/1/pattern/nonzero", "of 4:4", (plan) => (plan.steps[1].pattern.nonzero = 4)],
    ["INVALID_PLAN #/steps/1/kind", "permuting after masks", (plan) => plan.steps.reverse()],
  ] satisfies [string, string, (plan: Loose) => unknown][])("%s: %s", async (expected, _, edit) => {
    expect(await change(edit)).toBe(expected);
  });
});

describe("keptUnits", () => {
  it("are those of slices in the order of permutations, numbered as in the source", async () => {
    const { plan, bytes } = await planOf(order("a", 3, 1, 0, 2), order("b", 1, 0));
    const slice = { kind: "slice" as const, width: 4, reason: "" };
    const steps = [
      ...plan.steps,
      { ...slice, group: "a", keep: [0, 2, 3] },
      { ...slice, group: "c", keep: [1, 2] },
    ];
    const data = await openPlanData(plan, bytes, host);
    expect(keptUnits(steps, data)).toEqual([
      { group: "a", width: 4, keep: [3, 0, 2] },
      { group: "c", width: 4, keep: [1, 2] },
      { group: "b", width: 2, keep: [1, 0] },
    ]);
  });
});
