// Made-up but plausible receipts, one for each thing a report must say well. Used by the tests and by
// whoever works on the page; no part of the package.

import type { LatencyStatistics, PruningPlan, Receipt, RefusalEntry } from "@espalier/core";
import type { ReportInput } from "../report-input.js";
import { type SampleNetwork, sampleNetwork } from "./network.js";

const digestOf = (text: string): string =>
  Array.from({ length: 64 }, (_, i) => ((text.charCodeAt(i % text.length) * (i + 7)) % 16).toString(16)).join(
    "",
  );

/** A repeatable stream in (0, 1): linear congruential, good enough for pictures. */
function stream(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return (state + 0.5) / 2147483648;
  };
}

/** Runs with a skewed tail around `median`. */
export function sampleLatency(
  median: number,
  seed: number,
  spread = 0.03,
  runs = 200,
  threads = 1,
): LatencyStatistics {
  const next = stream(seed);
  const samplesMs = Array.from({ length: runs }, (_, i) => {
    const tail = next() < 0.04 ? next() * spread * 12 : 0;
    return median * (1 + spread * (next() + next() - 0.9) + tail + 0.1 * spread * Math.sin(i / 25));
  });
  const sorted = [...samplesMs].sort((a, b) => a - b);
  const at = (q: number): number => sorted[Math.floor(q * (runs - 1))] as number;
  const [p10Ms, medianMs, p90Ms] = [at(0.1), at(0.5), at(0.9)];
  return {
    medianMs,
    p10Ms,
    p90Ms,
    runs,
    threads,
    batch: 1,
    runtime: "onnxruntime-node 1.30.0",
    unstable: (p90Ms - p10Ms) / medianMs > 0.25,
    samplesMs,
  };
}

const sum = (numbers: readonly (number | null)[]): number =>
  numbers.reduce((total: number, n) => total + (n ?? 0), 0);

interface ReceiptParts {
  readonly model: string;
  readonly network: SampleNetwork;
  readonly medians: readonly [number, number, number];
  readonly spread?: number;
  readonly refused?: readonly RefusalEntry[];
}

export function receiptOf({ model, network, medians, spread = 0.03, refused = [] }: ReceiptParts): Receipt {
  const bytes = [
    sum(network.costs.map((row) => row.weightBytes.before)),
    sum(network.costs.map((row) => row.weightBytes.after)),
  ] as const;
  const raw = [bytes[0] + 41_224, bytes[1] + 33_518] as const;
  const [source, before, after] = medians.map((median, i) => sampleLatency(median, 17 + i, spread)) as [
    LatencyStatistics,
    LatencyStatistics,
    LatencyStatistics,
  ];
  const stable = !before.unstable && !after.unstable;
  const [beside, besideAfter] = [
    sampleLatency(medians[1] * 0.58, 31, spread, 60, 2),
    sampleLatency(medians[2] * 0.61, 32, spread, 60, 2),
  ];
  return {
    schema: 1,
    source: { path: `models/${model}.onnx`, sha256: digestOf(`${model} source`), bytes: raw[0] },
    artefact: { path: `${model}.onnx`, sha256: digestOf(`${model} artefact`), bytes: raw[1] },
    files: [
      { path: `${model}.onnx`, sha256: digestOf(`${model} artefact`), bytes: raw[1], role: "model" },
      { path: "plan.json", sha256: digestOf("plan"), bytes: 18_442, role: "plan" },
    ],
    target: "cpu",
    plan: { path: "plan.json", sha256: digestOf("plan") },
    seed: 1,
    versions: { espalier: "0.1.0", node: "20.20.2", "onnxruntime-node": "1.30.0" },
    machine: {
      cpu: "AMD EPYC 9R14",
      cores: 2,
      memoryBytes: 8_240_279_552,
      platform: "linux x64",
      governor: "performance",
    },
    createdAt: "2026-11-24T09:12:44Z",
    command: [
      "npx",
      "espalier",
      "prune",
      `models/${model}.onnx`,
      "--target",
      "cpu",
      "--out",
      `out/${model}`,
      "--ratio",
      "0.35",
      "--step",
      "16",
      "--seed",
      "1",
    ],
    bindings: { batch: 1 },
    inputs: { seed: 1, count: 3, spec: "float32 [1, 3, 224, 224] N(0, 1)" },
    params: { before: bytes[0] / 4, after: bytes[1] / 4 },
    macs: {
      before: sum(network.costs.map((row) => row.macs.before)),
      after: sum(network.costs.map((row) => row.macs.after)),
    },
    size: {
      before: { raw: raw[0], gzip: Math.round(raw[0] * 0.928), brotli: Math.round(raw[0] * 0.921) },
      after: { raw: raw[1], gzip: Math.round(raw[1] * 0.929), brotli: Math.round(raw[1] * 0.922) },
    },
    memory: { peakBytes: 312_475_648 },
    load: { ms: 184.2 },
    sparsity: { zeros: 12, prunable: Math.round(bytes[1] / 4.4), all: bytes[1] / 4 },
    parity: {
      reference: "masked",
      maxAbs: 7.2e-6,
      maxRel: 2.1e-6,
      inputs: 3,
      tolerance: 1e-4,
      outputs: [{ name: "logits", maxAbs: 7.2e-6, maxRel: 2.1e-6, ties: 0 }],
    },
    recovery: [],
    latency: {
      source,
      before,
      after,
      speedup: stable ? before.medianMs / after.medianMs : null,
      beside: [
        {
          before: beside,
          after: besideAfter,
          speedup: stable ? beside.medianMs / besideAfter.medianMs : null,
        },
      ],
    },
    widths: network.widths,
    costs: network.costs,
    cleanups: [
      "53 BatchNormalization nodes folded into the convolution before them",
      "161 initialisers that were listed as graph inputs made constants",
      "1 dead Identity removed",
    ],
    refused,
    seal: digestOf("seal of the receipt"),
  };
}

export function planOf(receipt: Receipt): PruningPlan {
  const { source, bindings, seed, target, widths } = receipt;
  return {
    schema: 1,
    tool: "espalier",
    version: "0.1.0",
    source,
    bindings,
    seed,
    target,
    budget: { kind: "ratio", value: 0.35 },
    options: {
      granularity: "auto",
      criterion: "magnitude p=2",
      allocation: "uniform",
      schedule: "one-shot",
      step: 16,
      minWidth: 1,
      include: [],
      exclude: ["/fc/*"],
      keepOverridable: false,
    },
    costTable: null,
    steps: widths
      .filter((row) => row.after < row.before)
      .map((row) => ({
        kind: "slice",
        group: row.group,
        width: row.before,
        keep: Array.from({ length: row.after }, (_, i) => i),
        reason: "RATIO: 0.35 of the units",
      })),
  };
}

const DENSE: readonly RefusalEntry[] = [
  {
    group: null,
    node: "/fc/Gemm",
    code: "GRAPH_OUTPUT",
    reason: "The axis reaches a graph output, whose shape is part of the model's interface.",
    unblock: "Nothing to do: interfaces are never changed.",
  },
  {
    group: null,
    node: "/stem/Conv",
    code: "GRAPH_INPUT",
    reason: "The axis belongs to a graph input, whose shape is part of the model's interface.",
    unblock: "Nothing to do: interfaces are never changed.",
  },
];

/** ResNet-50 in size: 36 groups, 160 nodes, everything proven. */
export function resnet50(): ReportInput {
  const network = sampleNetwork({
    stages: [3, 4, 6, 3],
    baseWidth: 64,
    step: 16,
    keep: (i) => 0.5 + ((i * 37) % 40) / 100,
  });
  const receipt = receiptOf({ model: "resnet50", network, medians: [61.8, 58.9, 36.4], refused: DENSE });
  return { receipt, plan: planOf(receipt), graph: network.graph };
}

/** A few groups, exact widths, tiny numbers. */
export function small(): ReportInput {
  const network = sampleNetwork({ stages: [1, 1], baseWidth: 16, step: 1, keep: () => 0.6, classes: 10 });
  const receipt = receiptOf({
    model: "tiny-cnn",
    network,
    medians: [0.83, 0.79, 0.512],
    refused: DENSE.slice(0, 1),
  });
  return { receipt, plan: planOf(receipt), graph: network.graph };
}

/** Sixty-odd groups, and a few that kept their width. */
export function manyGroups(): ReportInput {
  const network = sampleNetwork({
    stages: [3, 8, 14, 5],
    baseWidth: 64,
    step: 8,
    keep: (i) => (i % 9 === 4 ? 1 : 0.4 + ((i * 53) % 50) / 100),
  });
  const refused = [
    ...DENSE,
    ...Array.from(
      { length: 14 },
      (_, i): RefusalEntry => ({
        group: `/layer3/layer3.${i}/conv1/Conv_output_0#1`,
        node: null,
        code: "EXCLUDED",
        reason: "The group was excluded by --exclude.",
        unblock: "Drop the pattern that matches it.",
      }),
    ),
  ];
  const receipt = receiptOf({ model: "resnet101-ish", network, medians: [118, 112, 74.3], refused });
  return { receipt, plan: planOf(receipt), graph: network.graph };
}

/** The machine was busy: no speed-up may be claimed. */
export function unstable(): ReportInput {
  const network = sampleNetwork({ stages: [2, 2, 2, 2], baseWidth: 64, step: 16, keep: () => 0.62 });
  const receipt = receiptOf({
    model: "resnet26",
    network,
    medians: [31.2, 30.1, 19.4],
    spread: 0.4,
    refused: DENSE,
  });
  return { receipt, plan: planOf(receipt), graph: network.graph };
}

/** Exit 4: everything stays dense. */
export function nothingPruned(): ReportInput {
  const network = sampleNetwork({ stages: [1, 1], baseWidth: 32, step: 1, keep: () => 1 });
  const made = receiptOf({ model: "detector-int8", network, medians: [14.2, 14.1, 14.1] });
  const refused: RefusalEntry[] = [
    ...Array.from(
      { length: 9 },
      (_, i): RefusalEntry => ({
        group: `/backbone/conv${i}/Conv_output_0#1`,
        node: null,
        code: "QUANTISED",
        reason: "Quantised weights are not sliced by this version.",
        unblock: "Prune the float model first, then quantise.",
      }),
    ),
    ...Array.from(
      { length: 3 },
      (_, i): RefusalEntry => ({
        group: null,
        node: `/head/Loop_${i}`,
        code: "CONTROL_FLOW",
        reason:
          "The value enters or leaves a subgraph (If, Loop, Scan), which this version does not look into.",
        unblock: "Export the model without control flow where possible.",
      }),
    ),
    ...DENSE.slice(0, 1),
  ];
  const receipt: Receipt = {
    ...made,
    artefact: null,
    files: [],
    plan: null,
    parity: null,
    latency: null,
    refused,
    widths: [],
    costs: made.costs.map((row) => ({
      ...row,
      macs: { before: null, after: null, reason: "UNBOUND_DIMENSION" },
    })),
    size: { before: made.size.before, after: made.size.before },
    macs: {
      before: null,
      after: null,
      reason: "UNBOUND_DIMENSION",
      unblock: "Bind it with --dim height=640 --dim width=640.",
    },
    params: { before: made.params.before, after: made.params.before },
    cleanups: [],
    memory: { peakBytes: null },
    load: { ms: null },
  };
  return {
    receipt,
    plan: null,
    graph: {
      nodes: network.graph.nodes.map((node) => ({
        ...node,
        groups: [],
        widthAfter: node.widthBefore,
        macsAfter: node.macsBefore,
        state: "kept" as const,
      })),
      edges: network.graph.edges,
    },
  };
}

/** Written, but nothing about it is proven on this machine. */
export function unproven(): ReportInput {
  const { receipt, plan, graph } = small();
  const unavailable = {
    unavailable: "NOT_RUNNABLE",
    unblock: "The wasm engine lacks an operator of this model; install onnxruntime-node.",
  };
  return {
    receipt: {
      ...receipt,
      parity: unavailable,
      latency: {
        unavailable: "ENGINE",
        unblock:
          "Latency claims for target cpu need the native engine: npm i onnxruntime-node --onnxruntime-node-install=skip",
      },
      size: {
        before: { ...receipt.size.before, brotli: null, gzip: null },
        after: { ...receipt.size.after, brotli: null, gzip: null },
      },
    },
    plan,
    graph,
  };
}
