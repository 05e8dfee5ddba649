// Logs in the format of tensorflow/lite/tools/benchmark and of tensorflow/core/util/stats_calculator.cc.

import { isEspalierError } from "@espalier/ir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBenchmarkLog } from "./benchmark-log.js";

const HEAD = `STARTING!
Log parameter values verbosely: [0]
Min num runs: [50]
Graph: [/data/local/tmp/net.tflite]
Loaded model /data/local/tmp/net.tflite
INFO: Created TensorFlow Lite XNNPACK delegate for CPU.
The input model file size (MB): 0.342
Initialized session in 4.52ms.
Running benchmark for at least 1 iterations and at least 0.5 seconds but terminate if exceeding 150 seconds.
count=94 first=7212 curr=5301 min=5277 max=7212 avg=5341.2 std=203

Running benchmark for at least 50 iterations and at least 1 seconds but terminate if exceeding 150 seconds.
`;
const OLD_RUNS = "count=188 first=5320 curr=5298 min=5260 max=5611 avg=5312.84 std=41\n\n";
const NEW_RUNS =
  "count=188 first=5320 curr=5298 min=5260 max=5611 avg=5312.84 std=41 p5=5270 median=5305 p95=5390\n\n";
const SUMMARY =
  "Inference timings in us: Init: 4520, First inference: 7212, Warmup (avg): 5341.2, Inference (avg): 5312.84\n";
const MEMORY = `Note: as the benchmark tool itself affects memory footprint, the following is only APPROXIMATE to the actual memory footprint of the model at runtime. Take the information at your discretion.
Memory footprint delta from the start of the tool (MB): init=3.57 overall=9.25
`;
const PLAIN = HEAD + OLD_RUNS + SUMMARY + MEMORY;

const START = "\t          [start]";
const table = (title: string, rows: readonly string[], start: boolean): string =>
  `============================== ${title} ==============================
\t             [node type]${start ? START : ""}\t  [first]\t [avg ms]\t     [%]\t  [cdf%]\t  [mem KB]\t[times called]\t[Name]
${rows.join("\n")}

`;
const row = (
  type: string,
  first: number,
  mean: number,
  share: number,
  name: string,
  start: boolean,
): string =>
  `\t${type.padStart(24)}${start ? "\t            0.012" : ""}\t${first.toFixed(3).padStart(9)}\t${mean
    .toFixed(3)
    .padStart(9)}\t${share.toFixed(3).padStart(7)}%\t 50.000%\t     0.000\t        1\t${name}`;
function profile(start: boolean): string {
  const rows = [
    row("CONV_2D", 4.1, 4, 75.2, "[net/relu;net/conv]:0", start),
    row("SOFTMAX", 1.4, 1.318, 24.8, "[probabilities]:1", start),
  ];
  return `Profiling Info for Benchmark Initialization:
${table("Run Order", [row("AllocateTensors", 0.3, 0.3, 100, "AllocateTensors/0", start)], start)}Number of nodes executed: 1
Operator-wise Profiling Info for Regular Benchmark Runs:
${table("Run Order", rows, start)}${table("Top by Computation Time", rows, start)}Number of nodes executed: 2
============================== Summary by node type ==============================
\t             [Node type]\t  [count]\t  [avg ms]\t    [avg %]\t    [cdf %]\t  [mem KB]\t[times called]
\t                 CONV_2D\t        1\t     4.000\t    75.216%\t    75.216%\t     0.000\t        1

Timings (microseconds): count=188 first=5500 curr=5298 min=5260 max=5611 avg=5318 std=41
Memory (bytes): count=0
2 nodes observed
`;
}

function failure(text: string): string {
  try {
    parseBenchmarkLog(text);
  } catch (error) {
    if (isEspalierError(error, "INVALID_LOG")) return error.message;
    throw error;
  }
  throw new Error("expected a failure");
}

describe("a log of the benchmark tool", () => {
  it("gives times in milliseconds, and memory", () => {
    expect(parseBenchmarkLog(PLAIN)).toEqual({
      initMs: 4.52,
      firstMs: 7.212,
      warmUp: {
        runs: 94,
        firstMs: 7.212,
        minMs: 5.277,
        maxMs: 7.212,
        meanMs: 5.3412,
        deviationMs: 0.203,
        percentiles: null,
      },
      runs: {
        runs: 188,
        firstMs: 5.32,
        minMs: 5.26,
        maxMs: 5.611,
        meanMs: expect.closeTo(5.31284, 10),
        deviationMs: 0.041,
        percentiles: null,
      },
      memory: { initMiB: 3.57, overallMiB: 9.25 },
      profile: null,
    });
  });

  it("gives percentiles where the tool is new enough", () => {
    expect(parseBenchmarkLog(HEAD + NEW_RUNS + SUMMARY).runs.percentiles).toEqual({
      p5Ms: 5.27,
      medianMs: 5.305,
      p95Ms: 5.39,
    });
  });

  it("is the same with the prefixes of Android's log and with its line ends", () => {
    const prefixed = PLAIN.split("\n")
      .map((line) => `01-02 03:04:05.678  9 9 I tflite  : ${line}`)
      .join("\r\n");
    expect(parseBenchmarkLog(prefixed)).toEqual(parseBenchmarkLog(PLAIN));
  });

  it.each([
    ["exponents", "avg=2.95034e+06", "2.95034e+06", 2950.34],
    ["runs that all took the same time", null, "5312", 5.312],
  ])("may have %s", (_, mean, summary, meanMs) => {
    const runs =
      mean === null
        ? "count=50 curr=5312(all same)\n"
        : `count=50 first=2990275 curr=2913402 min=2727568 max=3189954 ${mean} std=109798\n`;
    const text = HEAD + runs + SUMMARY.replace("5312.84", summary);
    expect(parseBenchmarkLog(text).runs).toMatchObject({ runs: 50, meanMs });
  });

  it.each([
    ["older", true],
    ["newer", false],
  ])("gives the time of every operator, from the columns of the %s tool", (_, start) => {
    expect(parseBenchmarkLog(PLAIN + profile(start)).profile).toEqual([
      {
        title: "",
        operators: [
          {
            type: "CONV_2D",
            name: "[net/relu;net/conv]:0",
            meanMs: 4,
            firstMs: 4.1,
            share: 0.752,
            timesCalled: 1,
          },
          {
            type: "SOFTMAX",
            name: "[probabilities]:1",
            meanMs: 1.318,
            firstMs: 1.4,
            share: 0.248,
            timesCalled: 1,
          },
        ],
      },
    ]);
  });

  it("gives the operators inside a delegate apart", () => {
    const inside = table(
      "Run Order",
      [row("Convolution (NHWC, F32) IGEMM", 3.9, 3.8, 100, "0", false)],
      false,
    );
    const text = `${PLAIN}${profile(false)}\nDelegate internal: \n${inside}Number of nodes executed: 1\n`;
    const graphs = parseBenchmarkLog(text).profile;
    expect(graphs?.map(({ title }) => title)).toEqual(["", "Delegate internal"]);
    expect(graphs?.[1]?.operators).toMatchObject([{ type: "Convolution (NHWC, F32) IGEMM", meanMs: 3.8 }]);
  });

  it.each([
    ["", "no result"],
    ["adb: no devices/emulators found\n", "no result"],
    [`${HEAD}ERROR: Didn't find op for builtin opcode 'CONV_2D'\nBenchmarking failed.\n`, "Didn't find op"],
    [HEAD + OLD_RUNS, "no result"],
    [PLAIN + PLAIN, "Several logs"],
    [HEAD + SUMMARY, "contradicts"],
    [SUMMARY, "no runs"],
    [PLAIN.replace("std=41", "std=x"), '"std" is no number'],
    [PLAIN.replace("avg=5312.84", "avg=nan"), '"avg" is no number'],
    [PLAIN.replace("count=188", "count=1.5"), "number of runs"],
    [PLAIN.replace("min=5260", "min=6000"), "contradict each other"],
    [PLAIN.replace("Inference (avg): 5312.84", "Inference (avg): 5000"), "contradicts itself"],
    [PLAIN.replace("init=3.57", "init=much"), "Memory is no number"],
    [PLAIN + profile(true).replaceAll("[avg ms]", "[average]"), "lacks a column"],
    [
      PLAIN + profile(true).replace("Number of nodes executed: 2", "Number of nodes executed: 3"),
      "another number",
    ],
    [PLAIN + profile(true).replaceAll("4.000\t", "4,000\t"), "is no number"],
    [(PLAIN + profile(true)).split("Top by")[0] ?? "", "cut off"],
    [(PLAIN + profile(true)).split("= Run Order =").slice(0, 2).join("= Run Order ="), "no table"],
  ])("is refused where it is none: %#", (text, what) => {
    expect(failure(text)).toContain(what);
  });

  it("that is damaged anywhere is read or refused by code, nothing else", () => {
    const whole = PLAIN + profile(true);
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(200), fc.string(), (at, length, put) => {
        try {
          parseBenchmarkLog(whole.slice(0, at) + put + whole.slice(at + length));
        } catch (error) {
          expect(isEspalierError(error, "INVALID_LOG")).toBe(true);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
