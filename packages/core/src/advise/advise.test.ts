import {
  DataType,
  floatTensor,
  GraphBuilder,
  inferFacts,
  intAttribute,
  intsAttribute,
  rawTensor,
  type Value,
} from "@espalier/ir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { uniform } from "../allocation/uniform.js";
import type { CostTable } from "../cost/cost-table.js";
import type { Evidence } from "../granularity/granularity.js";
import { ZEROS_SKIPPED_BELOW } from "../granularity/verdicts.js";
import { magnitude } from "../importance/magnitude.js";
import { countMacs, countParameters } from "../measure/macs.js";
import { modelBytes } from "../parity/parity.js";
import { makePlan } from "../plan/make-plan.js";
import { removalOf } from "../plan/removal.js";
import { oneShot } from "../schedule/schedule.js";
import { sliceModel } from "../surgery/slice-model.js";
import { openSubject, type Subject } from "../target/subject.js";
import { type Advice, gainOfPart, PAYS, PAYS_LITTLE, paysAt, percent } from "./advice.js";
import { advise } from "./advise.js";
import { adviseChannels, MACS_ARE_NOT_TIME } from "./channels.js";
import { ADVICE } from "./codes.js";
import { adviseDense } from "./dense-onnx.js";
import { adviseDownload } from "./download.js";
import { leftAtHalf } from "./half-width.js";
import { type NetworkShares, networkShares } from "./network-shares.js";
import { adviseTensorrt, LARGE, NARROW_GROUPS, SIZE } from "./tensorrt.js";
import { AT_50, AT_90, adviseTflite, DENSE_STORAGE, ZEROS_NEEDED } from "./tflite.js";

const EPSILON = 1e-6;

function weight(net: GraphBuilder, dims: number[], dtype: number = DataType.FLOAT): Value {
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (dtype !== DataType.FLOAT) return net.weight("w", rawTensor(dtype, dims, new Uint8Array(2 * size), "w"));
  return net.weight(
    "w",
    floatTensor(
      dims,
      Array.from({ length: size }, (_, i) => 1 + (i % 7)),
    ),
  );
}

/** Linear layers of these widths, with ReLUs between them. */
function linear(widths: readonly number[], rows: number | string = 1): Subject {
  const net = new GraphBuilder();
  let value = net.input("x", [rows, widths[0] as number]);
  for (const [i, to] of widths.slice(1).entries()) {
    const w = weight(net, [to, widths[i] as number]);
    value = net.op("Gemm", [value, w], { attributes: { transB: intAttribute(1) } });
    if (i + 2 < widths.length) value = net.op("Relu", [value]);
  }
  net.output(value, "y");
  return openSubject(modelBytes(net.model(13)));
}

interface Layer {
  readonly to: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly group?: number;
  readonly pad?: number;
}

/** Convolutions on 3 × 17 × 17, then a spatial mean unless `mean` is false. */
function convolutions(
  layers: readonly Layer[],
  { mean = true, dtype = DataType.FLOAT }: { mean?: boolean; dtype?: number } = {},
): Subject {
  const net = new GraphBuilder();
  let [value, from] = [net.input("x", [1, 3, 17, 17], dtype) as Value, 3];
  for (const { to, kernel, stride = 1, group = 1, pad = (kernel - 1) / 2 } of layers) {
    value = net.op("Conv", [value, weight(net, [to, from / group, kernel, kernel], dtype)], {
      attributes: {
        kernel_shape: intsAttribute([kernel, kernel]),
        pads: intsAttribute([pad, pad, pad, pad]),
        strides: intsAttribute([stride, stride]),
        group: intAttribute(group),
      },
    });
    value = net.op("Relu", [value]);
    from = to;
  }
  net.output(mean ? net.op("GlobalAveragePool", [value]) : value, "y");
  return openSubject(modelBytes(net.model(13)));
}

const STEM: Layer = { to: 8, kernel: 3, stride: 2 };
const CHAIN: readonly Layer[] = [
  STEM,
  { to: 32, kernel: 1 },
  { to: 32, kernel: 3, group: 32 },
  { to: 24, kernel: 1 },
];

/** Costs of matrix products only: `fixedUs` each, and a nanosecond per MAC. */
function costs(fixedUs: number, step = 1): CostTable {
  return {
    schema: 1,
    origin: "bundled",
    machine: {},
    runtime: "a runtime",
    threads: 1,
    source: null,
    step,
    stair: [],
    patterns: [],
    runs: [],
    denseUs: 0,
    profilerUs: 0,
    others: [],
    overheadUs: 0,
    kinds: [{ kind: "matmul", fixedUs, nsPerMac: 1, nsPerElement: 0 }],
  };
}

const time = (value: number): Evidence => ({
  quantity: "a layer with zeros",
  value,
  unit: "× the dense layer's time",
  source: "measured",
  reference: "a test",
});

/** Before over after of the first "a → b" in a citation. */
function cited(reference: string, unit = ""): number {
  const found = new RegExp(`([\\d.]+) → ([\\d.]+)${unit === "" ? "" : ` ${unit}`}`).exec(reference);
  return Number(found?.[1]) / Number(found?.[2]);
}

const verdict = (advice: readonly Advice[], granularity: Advice["granularity"]): Advice =>
  advice.find((one) => one.granularity === granularity)!;

describe("whether a gain pays", () => {
  it("is Amdahl's law for a part of the time", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.5, max: 20, noNaN: true }),
        (share, speedup) => {
          const [part, rest] = [100 * share, 100 * (1 - share)];
          expect(gainOfPart(share, speedup)).toBeCloseTo(100 / (rest + part / speedup), 9);
        },
      ),
    );
    expect(gainOfPart(0, 5)).toBe(1);
    expect(gainOfPart(1, 5)).toBe(5);
  });

  it("has its thresholds where they are said to be", () => {
    expect([PAYS, PAYS - EPSILON, PAYS_LITTLE, PAYS_LITTLE - EPSILON].map(paysAt)).toEqual([
      "yes",
      "little",
      "little",
      "no",
    ]);
    expect(percent(0.001)).toBe("under 1 %");
  });
});

describe("whole units", () => {
  /** 8·64 + 64·2 MACs, of which half stay at half width: by hand, gain = (2f + .64) / (2f + .32). */
  const subject = linear([8, 64, 2]);
  const shares = networkShares(subject);
  const fixedFor = (gain: number): number => (0.64 - 0.32 * gain) / (gain - 1) / 2;

  it.each([
    [PAYS, "CHANNELS_PAY", "yes", "CHANNELS_PAY_LITTLE"],
    [PAYS_LITTLE, "CHANNELS_PAY_LITTLE", "little", "CHANNELS_DO_NOT_PAY"],
  ] as const)("pay from %s times on by the costs at hand", (threshold, code, pays, below) => {
    const above = adviseChannels("cpu", subject, shares, costs(fixedFor(threshold + EPSILON)));
    expect(above).toMatchObject({ code, pays, benefit: "latency" });
    expect(above.gain).toBeCloseTo(threshold, 5);
    expect(adviseChannels("cpu", subject, shares, costs(fixedFor(threshold - EPSILON))).code).toBe(below);
  });

  it("keep what a step of the staircase keeps", () => {
    // 64 channels keep 48 in steps of 48: (0.64) / (0.48) with nothing fixed.
    const narrow = linear([8, 48, 2]);
    expect(leftAtHalf(narrow, networkShares(narrow).groups, 32).macs).toBeCloseTo(32 / 48, 12);
    expect(leftAtHalf(narrow, networkShares(narrow).groups, 64).macs).toBe(1);
  });

  it("leave the work and the weights that pruning at a ratio of a half leaves", () => {
    for (const [network, step] of [
      [convolutions(CHAIN), 1],
      [convolutions(CHAIN), 8],
      [linear([8, 63, 31, 2]), 4],
    ] as const) {
      const { model, facts, boundFacts, analysis, handlers } = network;
      const { steps } = makePlan(model, facts, analysis, handlers, {
        ...{ criterion: magnitude({ p: 1 }), allocation: uniform(), schedule: oneShot(), ratio: 0.5, step },
        ...{ minWidth: 1, maxRatio: 1, include: [], exclude: [], allowInexact: false, seed: 1, request: "" },
      });
      const sliced = sliceModel(model, facts, analysis, removalOf(analysis, steps), handlers);
      const after = inferFacts(sliced);
      const left = leftAtHalf(network, networkShares(network).groups, step);
      expect(left.macs).toBeCloseTo(
        countMacs(sliced, after, handlers).total! / countMacs(model, boundFacts, handlers).total!,
        12,
      );
      expect(left.parameters).toBeCloseTo(
        countParameters(sliced, after) / countParameters(model, boundFacts),
        12,
      );
    }
  });

  it("have no time promised where the costs lack a kernel, and none where nobody measured", () => {
    expect(adviseChannels("cpu", subject, shares, { ...costs(1), kinds: [] })).toMatchObject({
      code: "COSTS_UNKNOWN",
      pays: "unknown",
      gain: null,
    });
    expect(adviseChannels("web", subject, shares, null)).toMatchObject({
      code: "CHANNELS_SAVE_WORK",
      pays: "unknown",
      gain: null,
      sentence: expect.stringContaining("50 % of the MACs"),
      evidence: [MACS_ARE_NOT_TIME],
    });
  });

  it("cite a network whose time fell less than its MACs", () => {
    const { value, reference, quantity } = MACS_ARE_NOT_TIME;
    expect(cited(reference, "G")).toBeCloseTo(2.12, 2);
    expect(quantity).toContain("2.12");
    expect(cited(reference, "ms")).toBeCloseTo(value, 2);
  });

  it("say which dimension to bind", () => {
    const open = linear([8, 64, 2], "rows");
    const batchless = { ...open, unbound: [{ option: "rows" }] } as unknown as Subject;
    const advice = adviseChannels("cpu", batchless, { ...networkShares(open), macs: null }, costs(1));
    expect(advice).toMatchObject({ code: "CHANNELS_UNKNOWN", pays: "unknown" });
    expect(advice.sentence).toContain("--dim rows=N");
  });

  it("cannot go where every layer meets an output, nor where only approximations would remove them", () => {
    const single = linear([8, 4]);
    expect(adviseChannels("cpu", single, networkShares(single), costs(1))).toMatchObject({
      code: "NOTHING_PRUNABLE",
      pays: "no",
      sentence: expect.stringContaining("GRAPH_OUTPUT"),
    });
    expect(adviseChannels("cpu", single, { ...networkShares(single), inexact: 2 }, costs(1))).toMatchObject({
      code: "ONLY_INEXACT",
      pays: "unknown",
      sentence: expect.stringContaining("2 groups"),
    });
  });
});

describe("the download", () => {
  const runtime: Evidence = { ...time(1e6), quantity: "download of the runtime" };
  /** Bytes at which the wait becomes `gain` times shorter: (m + r) / (p·m + r) = gain. */
  const bytesFor = (gain: number, parameters: number): number => (1e6 * (gain - 1)) / (1 - parameters * gain);

  it.each([0.25, 0.5, 0.7])("is worth it by the wait it saves, %s of the weights left", (parameters) => {
    const at = (gain: number): Advice =>
      adviseDownload("web", { modelBytes: bytesFor(gain, parameters), runtime }, { parameters });
    expect(at(PAYS + EPSILON)).toMatchObject({ code: "DOWNLOAD_IS_MODEL", pays: "yes" });
    expect(at(PAYS - EPSILON)).toMatchObject({ code: "DOWNLOAD_PAYS_LITTLE", pays: "little" });
    expect(at(PAYS_LITTLE - EPSILON)).toMatchObject({ code: "DOWNLOAD_IS_RUNTIME", pays: "no" });
    expect(at(PAYS).gain).toBeCloseTo(PAYS, 9);
  });

  it("is advised on where the caller says that one happens", () => {
    const subject = linear([8, 64, 2]);
    const facts = { target: "anywhere", table: null, zeros: null, twoOfFour: null };
    const dense = (extra: object): Advice[] =>
      adviseDense(subject, networkShares(subject), { ...facts, ...extra }).filter(
        ({ benefit }) => benefit === "download",
      );
    expect(dense({})).toEqual([]);
    expect(dense({ download: { modelBytes: 4e6, runtime } })).toMatchObject([
      { target: "anywhere", code: "DOWNLOAD_IS_MODEL", evidence: [runtime] },
    ]);
  });
});

describe("zeros on a dense runtime", () => {
  const subject = linear([8, 64, 2]);
  const at = (zeros: number | null): Advice[] =>
    adviseDense(subject, networkShares(subject), {
      target: "cpu",
      table: costs(1),
      zeros: zeros === null ? null : time(zeros),
      twoOfFour: zeros === null ? null : time(zeros),
    });

  it("save no time unless a layer was measured to be clearly faster with them", () => {
    expect(verdict(at(ZEROS_SKIPPED_BELOW), "element")).toMatchObject({
      code: "ZEROS_SAVE_NO_TIME",
      pays: "no",
    });
    expect(verdict(at(ZEROS_SKIPPED_BELOW), "n-m")).toMatchObject({
      code: "PATTERN_SAVES_NO_TIME",
      pays: "no",
    });
    expect(verdict(at(ZEROS_SKIPPED_BELOW - EPSILON), "element")).toMatchObject({
      code: "ZEROS_SAVE_TIME",
      pays: "little",
    });
    expect(verdict(at(0.5), "n-m")).toMatchObject({ code: "PATTERN_SAVES_TIME", pays: "yes", gain: 2 });
  });

  it("save none by what the runtime stores, where no layer was timed", () => {
    expect(verdict(at(null), "element")).toMatchObject({
      code: "ZEROS_SAVE_NO_TIME",
      evidence: [{ value: 1, unit: "× the bytes" }],
    });
  });
});

describe("TFLite with XNNPACK", () => {
  const subject = convolutions(CHAIN);
  const shares = networkShares(subject);
  const zeros = (more: Partial<NetworkShares>): Advice =>
    verdict(adviseTflite(subject, { ...shares, ...more }), "element");

  it("skips zeros in a padded stem, 1×1 and depthwise convolutions, and a mean; nowhere else", () => {
    expect(shares.sparseObstacle).toBeNull();
    const [stem, ...rest] = CHAIN as [Layer, ...Layer[]];
    const obstacle = (layers: readonly Layer[], options = {}): string | null =>
      networkShares(convolutions(layers, options)).sparseObstacle;
    expect(obstacle([{ ...stem, pad: 0 }, ...rest])).toContain("padded 3×3 stride-2");
    expect(obstacle([{ ...stem, stride: 1 }, ...rest])).toContain("padded 3×3 stride-2");
    expect(obstacle([...CHAIN, { to: 8, kernel: 3 }])).toContain("other than 1×1 and depthwise");
    expect(obstacle([...CHAIN, { to: 24, kernel: 7, group: 24 }])).toContain("other than 1×1 and depthwise");
    expect(obstacle(CHAIN, { mean: false })).toContain("mean");
    expect(obstacle(CHAIN, { dtype: DataType.FLOAT16 })).toContain("float32");
    expect(zeros({ sparseObstacle: "x" })).toMatchObject({
      code: "ZEROS_NEED_SPARSE_KERNELS",
      pays: "no",
      evidence: [DENSE_STORAGE],
    });
  });

  it("is faster by the share of 1×1 convolutions, as Amdahl has it", () => {
    const shareFor = (gain: number): number => (1 - 1 / gain) / (1 - 1 / AT_90.value);
    expect(zeros({ pointwise: shareFor(PAYS) + EPSILON }).code).toBe("ZEROS_PAY_IN_SPARSE_KERNELS");
    expect(zeros({ pointwise: shareFor(PAYS) - EPSILON }).code).toBe("ZEROS_PAY_LITTLE_IN_SPARSE_KERNELS");
    expect(zeros({ pointwise: shareFor(PAYS_LITTLE) - EPSILON }).code).toBe("ZEROS_NEED_SPARSE_KERNELS");
    expect(zeros({ pointwise: null })).toMatchObject({ code: "WORK_UNKNOWN", pays: "unknown" });
  });

  it("counts the 1×1 convolutions' share of the MACs", () => {
    // 9 × 9 pixels: 8·3·9, 32·8, 32·9, 24·32 MACs each.
    expect(shares.pointwise).toBeCloseTo((32 * 8 + 24 * 32) / (8 * 27 + 32 * 8 + 32 * 9 + 24 * 32), 12);
  });

  it("cites what was measured", () => {
    for (const { value, reference } of [AT_90, AT_50, DENSE_STORAGE])
      expect(Math.abs(cited(reference) - value)).toBeLessThan(0.006);
    expect(ZEROS_NEEDED.value).toBeGreaterThan(0.5); // so 2:4, half of the weights, is never enough
    expect(verdict(adviseTflite(subject, shares), "n-m")).toMatchObject({
      code: "PATTERN_SAVES_NO_TIME",
      pays: "no",
      evidence: [ZEROS_NEEDED, AT_50],
    });
  });
});

describe("TensorRT", () => {
  const subject = linear([8, 64, 2]);
  const shares = networkShares(subject);
  const pattern = (large: number | null): Advice =>
    verdict(adviseTensorrt(subject, { ...shares, large }), "n-m");

  it("is faster with 2:4 by the share of large layers, as Amdahl has it", () => {
    const shareFor = (gain: number): number => (1 - 1 / gain) / (1 - 1 / LARGE.value);
    expect(pattern(shareFor(PAYS) + EPSILON)).toMatchObject({
      code: "PATTERN_PAYS_IN_LARGE_LAYERS",
      pays: "yes",
    });
    expect(pattern(shareFor(PAYS) - EPSILON)).toMatchObject({ code: "PATTERN_PAYS_LITTLE", pays: "little" });
    expect(pattern(shareFor(PAYS_LITTLE) - EPSILON)).toMatchObject({
      code: "PATTERN_NEEDS_LARGE_LAYERS",
      pays: "no",
    });
    expect(pattern(null)).toMatchObject({ code: "WORK_UNKNOWN", pays: "unknown" });
  });

  it("calls a layer large from 256 channels on both sides on", () => {
    expect(SIZE.value).toBe(256);
    expect(networkShares(linear([256, 256])).large).toBe(1);
    expect(networkShares(linear([255, 256])).large).toBe(0);
    expect(networkShares(linear([256, 255])).large).toBe(0);
    expect(networkShares(linear([258, 256])).large).toBe(0); // no groups of four along the inputs
    expect(networkShares(linear([256, 256, 128])).large).toBeCloseTo(256 / (256 + 128), 12);
  });

  it("gains nothing in grouped and depthwise layers, however wide, as the ResNeXt that was timed", () => {
    const wide = networkShares(
      convolutions([
        { to: 256, kernel: 1 },
        { to: 256, kernel: 3, group: 32 },
        { to: 256, kernel: 3, group: 256 },
      ]),
    );
    expect(wide.large).toBe(0);
    expect(cited(NARROW_GROUPS.reference) * NARROW_GROUPS.value).toBeCloseTo(1, 3);
    expect(paysAt(NARROW_GROUPS.value)).toBe("no");
    expect(pattern(wide.large).evidence).toEqual([SIZE, NARROW_GROUPS]);
  });

  it("multiplies by single zeros", () => {
    expect(verdict(adviseTensorrt(subject, shares), "element")).toMatchObject({
      code: "ZEROS_SAVE_NO_TIME",
      pays: "no",
    });
  });
});

describe("the whole", () => {
  it("puts what pays most first within a target, and knows all codes", () => {
    const subject = linear([256, 256, 256, 2]);
    const { verdicts, macs, groups } = advise(subject, {
      dense: [{ target: "cpu", table: costs(0), zeros: time(1), twoOfFour: time(1) }],
      tflite: true,
      tensorrt: true,
    });
    expect({ macs, groups }).toEqual({ macs: 2 * 256 * 256 + 512, groups: 2 });
    expect(verdicts.map(({ target, pays }) => `${target} ${pays}`)).toEqual([
      ...["cpu yes", "cpu no", "cpu no", "tflite unknown", "tflite no", "tflite no"],
      ...["tensorrt yes", "tensorrt unknown", "tensorrt no"],
    ]);
    for (const { code } of verdicts) expect(Object.keys(ADVICE)).toContain(code);
  });
});
