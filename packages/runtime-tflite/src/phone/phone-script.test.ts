import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { isEspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { parsePhoneLog, phoneScript } from "./phone-script.js";

const options = {
  tool: "/tools/it's here/benchmark_model",
  models: { 'de"nse': "dense.tflite", pruned: "pruned.tflite" },
  rounds: 3,
  profile: true,
};

/** An adb that prints a log for every call of the tool: the second model takes half as long. */
const ADB = `#!/bin/sh
echo "$@" >> "$CALLS"
case "$*" in
  *--graph=*0.tflite*) us=2000 ;;
  *--graph=*1.tflite*) us=1000 ;;
  *) exit 0 ;;
esac
echo "Running benchmark for at least 30 iterations and at least 0 seconds but terminate if exceeding 150 seconds."
echo "count=30 curr=$us(all same)"
echo "Inference timings in us: Init: 100, First inference: 900, Warmup (avg): 800, Inference (avg): $us"
case "$*" in *--enable_op_profiling=true*)
  echo "Operator-wise Profiling Info for Regular Benchmark Runs:"
  echo "============================== Run Order =============================="
  printf '\\t[node type]\\t[first]\\t[avg ms]\\t[%%]\\t[cdf%%]\\t[mem KB]\\t[times called]\\t[Name]\\n'
  printf '\\tCONV_2D\\t1.0\\t0.9\\t100.0%%\\t100.0%%\\t0.0\\t1\\t[y]:0\\n\\n'
  echo "Number of nodes executed: 1" ;;
esac
`;

function runScript(script: string): { readonly log: string; readonly calls: string } {
  const folder = mkdtempSync(join(tmpdir(), "espalier-phone-"));
  try {
    writeFileSync(join(folder, "adb"), ADB);
    chmodSync(join(folder, "adb"), 0o755);
    const calls = join(folder, "calls");
    const env = { PATH: `${folder}${delimiter}${process.env.PATH}`, CALLS: calls };
    const { stdout, status, stderr } = spawnSync("sh", ["-c", script], { env, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return { log: stdout, calls: spawnSync("cat", [calls], { encoding: "utf8" }).stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(process.platform === "win32")("the script for a phone", () => {
  it("runs the models in turns, and its log becomes latencies", () => {
    const { log, calls } = runScript(phoneScript(options));
    const graphs = [...calls.matchAll(/--graph=\S*(\d)\.tflite.*?(--enable_op_profiling)?$/gm)];
    expect(graphs.map(([, graph]) => graph).join("")).toBe("01100101");
    const measured = parsePhoneLog(log, { place: "benchmark_model, a test" });
    expect(Object.keys(measured)).toEqual(['de"nse', "pruned"]);
    expect(measured.pruned?.latency).toEqual({
      medianMs: 1,
      p10Ms: 1,
      p90Ms: 1,
      runs: 3,
      threads: 1,
      batch: null,
      runtime: "benchmark_model, a test",
      unstable: false,
      samplesMs: [1, 1, 1],
      runsPerSample: 30,
    });
    expect(measured['de"nse']?.latency.medianMs).toBe(2);
    expect(measured.pruned?.profiled?.profile?.[0]?.operators).toMatchObject([
      { type: "CONV_2D", meanMs: 0.9 },
    ]);
  });

  it("pushes the files whatever their names, and takes them away again", () => {
    const lines = runScript(phoneScript({ ...options, rounds: 1, profile: false, cores: "f0" })).calls.split(
      "\n",
    );
    expect(lines[1]).toBe("push /tools/it's here/benchmark_model /data/local/tmp/espalier/benchmark_model");
    expect(lines[5]).toMatch(
      /^shell taskset f0 \/data\/local\/tmp\/espalier\/benchmark_model .*--num_threads=1 /,
    );
    expect(lines.at(-2)).toBe("shell rm -r /data/local/tmp/espalier");
  });

  it.each([{ rounds: 0 }, { threads: 1.5 }, { models: {} }, { cores: "f0; reboot" }])(
    "is not written for %o",
    (wrong) => {
      expect(() => phoneScript({ ...options, ...wrong })).toThrow(/INVALID_OPTION/);
    },
  );

  it("has no result where a round is missing or a mark is damaged", () => {
    const { log } = runScript(phoneScript({ ...options, profile: false }));
    const cut = log.slice(0, log.lastIndexOf("ESPALIER"));
    for (const text of ["", cut, log.replace('"pruned"', "pruned")]) {
      const error = (() => {
        try {
          return parsePhoneLog(text, { place: "here" });
        } catch (caught) {
          return caught;
        }
      })();
      expect(isEspalierError(error, "INVALID_LOG")).toBe(true);
    }
  });
});
