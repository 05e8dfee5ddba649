// A child process that holds a model, timed block by block: only `run` is timed, inside the child, on inputs and outputs
// made beforehand.

import type { TimedModel } from "@espalier/core";
import type { ModelProcess } from "./model-process.js";
import type { packTensors } from "./tensor-frames.js";

/**
 * Prepares the model of a child for timing.
 *
 * @param pack gives the inputs; they may not fit the model
 * @param end what ends the child; it is called where it cannot be prepared as well
 */
export async function timedProcess(
  process: ModelProcess,
  pack: () => ReturnType<typeof packTensors>,
  end: () => Promise<void>,
): Promise<TimedModel> {
  try {
    const { tensors, buffers } = pack();
    await process.request({ type: "prepare", feeds: tensors }, buffers);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    runsPerSample: 1, // the clock of Node resolves less than a microsecond
    time: ({ untimed, samples }, deadlineMs) => timeBlock(process, untimed, samples, deadlineMs),
    dispose: end,
  };
}

async function timeBlock(
  process: ModelProcess,
  warmup: number,
  runs: number,
  deadlineMs: number,
): Promise<number[]> {
  const { buffers } = await process.request({ type: "time", warmup, runs }, [], deadlineMs);
  const samples = buffers[0];
  if (samples?.byteLength !== 8 * runs) throw new Error("a block of timings has the wrong length");
  return [...new Float64Array(samples.buffer)];
}
