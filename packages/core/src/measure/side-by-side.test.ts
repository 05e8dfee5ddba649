import { EspalierError, isEspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import type { LatencyRequest } from "../runtime.js";
import { measureSideBySide, type TimedBlock } from "./side-by-side.js";

interface Call extends TimedBlock {
  readonly label: string;
}

/** A model that always takes `runMs`, or what `samples` gives, and notes what it is asked. */
function fake(calls: Call[], runMs: (label: string, sample: number) => number, runsPerSample = 1) {
  const disposed: string[] = [];
  let taken = 0;
  const open = async ({ bytes }: { bytes: Uint8Array }) => {
    const label = String(bytes[0]);
    return {
      runsPerSample,
      async time(block: TimedBlock) {
        calls.push({ label, ...block });
        return Array.from({ length: block.samples }, () => runMs(label, taken++));
      },
      async dispose() {
        disposed.push(label);
      },
    };
  };
  return { open, disposed };
}

const request: LatencyRequest = {
  models: { a: { bytes: Uint8Array.of(1) }, b: { bytes: Uint8Array.of(2) } },
  feeds: {},
  threads: 1,
  batch: 1,
};

describe("models side by side", () => {
  it("alternate in blocks, after warming up, in both orders equally often", async () => {
    const calls: Call[] = [];
    const { open, disposed } = fake(calls, (label) => (label === "1" ? 4 : 2));
    const result = await measureSideBySide({ ...request, runs: 4 }, "test 1", open);
    expect(result).toMatchObject({
      a: { medianMs: 4, runs: 4, threads: 1, batch: 1, runtime: "test 1", unstable: false },
      b: { medianMs: 2, runs: 4 },
    });
    const timed = calls.filter(({ untimed }) => untimed > 0);
    expect(timed.map(({ label }) => label).join("")).toBe("1221");
    expect(disposed).toEqual(["1", "2"]);
  });

  it("take as many runs as the slowest needs", async () => {
    const calls: Call[] = [];
    const { open } = fake(calls, (label) => (label === "1" ? 20 : 1));
    expect(await measureSideBySide(request, "test", open)).toMatchObject({
      a: { runs: 100 },
      b: { runs: 100 },
    });
  });

  it("average the same number of runs in every sample where the clock is coarse", async () => {
    const calls: Call[] = [];
    const { open } = fake(calls, () => 0.1, 50);
    const result = await measureSideBySide(request, "test", open);
    expect(new Set(calls.map(({ runsPerSample }) => runsPerSample))).toEqual(new Set([50]));
    // 2 s of samples of 5 ms each
    expect(result).toMatchObject({ a: { runs: 400, runsPerSample: 50, medianMs: 0.1 } });
  });

  it("are measured up to four times, and the quietest counts", async () => {
    const restless = fake([], (_, sample) => (sample % 2 ? 1 : 3));
    expect(await measureSideBySide({ ...request, runs: 30 }, "test", restless.open)).toMatchObject({
      a: { unstable: true, runs: 30 },
    });
    const calls: Call[] = [];
    // Restless during the warm-up and most of the first measurement, still afterwards.
    const settling = fake(calls, (_, sample) => (sample < 60 && sample % 2 ? 1 : 3));
    expect(await measureSideBySide({ ...request, runs: 30 }, "test", settling.open)).toMatchObject({
      a: { unstable: false, medianMs: 3 },
      b: { unstable: false },
    });
  });

  it("report progress to its end", async () => {
    const events: number[] = [];
    const onProgress = ({ done, total }: { done: number; total: number }) => events.push(done / total);
    await measureSideBySide({ ...request, runs: 6, onProgress }, "test", fake([], () => 1).open);
    expect(events.at(-1)).toBe(1);
    expect(events).toEqual([...events].sort((x, y) => x - y));
  });

  it("stop at an abort, and are all disposed", async () => {
    const controller = new AbortController();
    const { open, disposed } = fake([], () => 1);
    const onProgress = () => controller.abort();
    const error = await measureSideBySide(
      { ...request, onProgress, signal: controller.signal },
      "t",
      open,
    ).catch((reason: unknown) => reason);
    expect(isEspalierError(error, "ABORTED")).toBe(true);
    expect(disposed).toEqual(["1", "2"]);
  });

  it("answer what to do where the runtime is unavailable", async () => {
    const open = async () => {
      throw new EspalierError("UNAVAILABLE", "no engine", { unblock: "Install it." });
    };
    expect(await measureSideBySide(request, "test", open)).toEqual({
      unavailable: "UNAVAILABLE",
      unblock: "Install it.",
    });
  });
});
