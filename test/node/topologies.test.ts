// Slicing equals masking: random subsets of random groups, on one small model per topology. The masked
// reference is built from the original graph and shares no code with the slicer; ONNX Runtime is the judge.

import {
  type CoupledGroup,
  compareOutput,
  createHandlerRegistry,
  defaultHandlers,
  type Factor,
  type Feeds,
  findCoupledGroups,
  type HandlerRegistry,
  maskedReference,
  modelBytes,
  OP_HANDLERS,
  type OpHandler,
  randomInputs,
  seededRandom,
  sliceModel,
} from "@espalier/core";
import { inferFacts, type Model } from "@espalier/ir";
import fc from "fast-check";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { CONVOLUTIONAL } from "../topologies/convolutional.js";
import { REGROUPING } from "../topologies/regrouping.js";
import { buildTopology, type Topology } from "../topologies/topology.js";

const TOPOLOGIES = [...CONVOLUTIONAL, ...REGROUPING];
const CASES = Math.ceil(1100 / TOPOLOGIES.length);
const TOLERANCE = 1e-5;

describe("slicing equals the masked reference", () => {
  for (const topology of TOPOLOGIES) {
    it(`on ${topology.name}`, async () => {
      let removedSomething = 0;
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 30 }), async (seed) => {
          const { maxRel, removed } = await tryOne(topology, seed, defaultHandlers());
          removedSomething += removed;
          expect(maxRel).toBeLessThanOrEqual(TOLERANCE);
        }),
        { numRuns: CASES, seed: 20170424 },
      );
      expect(removedSomething).toBeGreaterThan(CASES / 3);
    });
  }
});

describe("a fault planted in a handler's slice", () => {
  const faulty: readonly [string, string][] = [
    ["Split", "split"],
    ["Slice", "slice of channels"],
    ["Gather", "channel shuffle by Gather"],
    ["Reshape", "channel shuffle"],
    ["Reshape", "linear → reshape → ConvTranspose"],
    ["Pad", "option-A pad"],
    ["Conv", "depthwise"],
    ["ConvTranspose", "grouped transposed conv"],
    ["Resize", "U-shape with Resize"],
    ["Expand", "squeeze, unsqueeze, tile and expand"],
  ];
  for (const [opType, name] of faulty) {
    it(`is caught: ${opType} in ${name}`, async () => {
      const topology = TOPOLOGIES.find((one) => one.name === name) as Topology;
      const broken = createHandlerRegistry(
        OP_HANDLERS.map((handler) =>
          handler.definition.opType === opType ? withoutSlice(handler) : handler,
        ),
      );
      let caught = 0;
      for (let seed = 0; seed < 12; seed++) {
        const result = await tryOne(topology, seed, broken).catch(() => ({
          maxRel: Number.POSITIVE_INFINITY,
          removed: 1,
        }));
        if (!(result.maxRel <= TOLERANCE)) caught++;
      }
      expect(caught).toBeGreaterThan(0);
    });
  }

  it("is caught when it only shifts kept channels by one", async () => {
    const topology = TOPOLOGIES.find((one) => one.name === "channel shuffle by Gather") as Topology;
    const broken = createHandlerRegistry(
      OP_HANDLERS.map((handler): OpHandler => {
        if (handler.definition.opType !== "Gather") return handler;
        return {
          ...handler,
          slice: (view, ctx) => {
            const set = ctx.setIntegers.bind(ctx);
            ctx.setIntegers = (index, values) => set(index, [...values.slice(1), ...values.slice(0, 1)]);
            handler.slice?.(view, ctx);
          },
        };
      }),
    );
    const results = await Promise.all([0, 1, 2, 3].map((seed) => tryOne(topology, seed, broken)));
    expect(results.some(({ maxRel }) => maxRel > TOLERANCE)).toBe(true);
  });
});

function withoutSlice(handler: OpHandler): OpHandler {
  const { slice: _, ...rest } = handler;
  return rest;
}

/** One model, one random removal, one random input: agreement of sliced and masked. */
async function tryOne(
  topology: Topology,
  seed: number,
  handlers: HandlerRegistry,
): Promise<{ maxRel: number; removed: number }> {
  const model = buildTopology(topology, seed);
  const facts = inferFacts(model);
  const analysis = findCoupledGroups(model, facts, handlers);
  const { removal, removed } = randomRemoval(analysis.groups, topology, seed);
  const sliced = sliceModel(model, facts, analysis, removal, handlers);
  const masked = maskedReference(model, facts, analysis, removal, handlers);
  const [feeds] = randomInputs(model, facts, handlers, { seed, count: 1 });
  const [expected, actual] = [await run(masked, feeds as Feeds), await run(sliced, feeds as Feeds)];
  const maxRel = Math.max(
    ...Object.entries(expected).map(([name, tensor]) => {
      const other = actual[name];
      if (other === undefined) return Number.POSITIVE_INFINITY;
      const asRuntime = (t: ort.Tensor) => ({ dataType: 1, dims: t.dims, data: t.data as Float32Array });
      if (topology.mustRemove !== undefined)
        expect((tensor.data as Float32Array).every(Number.isFinite)).toBe(true);
      return compareOutput(name, asRuntime(tensor), asRuntime(other)).maxRel;
    }),
  );
  return { maxRel, removed };
}

function randomRemoval(
  groups: readonly CoupledGroup[],
  topology: Topology,
  seed: number,
): { removal: Map<Factor, Uint8Array>; removed: number } {
  const random = seededRandom(seed, "removal");
  const removal = new Map<Factor, Uint8Array>();
  let removed = 0;
  for (const group of groups) {
    const forced = topology.mustRemove?.[group.id] ?? [];
    const gone = new Uint8Array(group.width);
    if (random.uniform() < 0.7)
      for (const unit of random.sample(group.width, random.integer(0, group.width - 1))) gone[unit] = 1;
    for (const unit of forced) gone[unit] = 1;
    if (!gone.includes(0)) gone[forced.includes(0) ? 1 : 0] = 0;
    for (const [factor, offset] of group.factors) {
      const own = gone.slice(offset, offset + (factor.size as number));
      if (own.includes(1)) removal.set(factor, own);
    }
    if (gone.includes(1)) removed = 1;
  }
  return { removal, removed };
}

async function run(model: Model, feeds: Feeds): Promise<Record<string, ort.Tensor>> {
  const session = await ort.InferenceSession.create(modelBytes(model), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: "basic",
    logSeverityLevel: 3,
  });
  try {
    const inputs = Object.fromEntries(
      Object.entries(feeds).map(([name, t]) => [
        name,
        new ort.Tensor("float32", t.data as Float32Array, t.dims),
      ]),
    );
    return (await session.run(inputs)) as Record<string, ort.Tensor>;
  } finally {
    await session.release();
  }
}
