// A worker that holds a model, timed block by block: a whole `run`, with the making of its outputs, as a page sees it.

import type { TimedModel } from "@espalier/core";
import type { MessageArray, TensorHeader, WarmUp } from "../worker/messages.js";
import type { ModelWorker } from "../worker/model-worker.js";

/** Until then the browser may still be compiling the engine with its fast compiler. */
const WARM_UP: WarmUp = { ms: 500, runs: null };

/**
 * Prepares the model of a worker for timing.
 *
 * @param pack gives the inputs; they may not fit the model
 * @param end what ends the worker; it is called where it cannot be prepared as well
 * @param warmUp less where the worker has run models already
 */
export async function timedWorker(
  worker: ModelWorker,
  pack: () => { readonly tensors: readonly TensorHeader[]; readonly arrays: readonly MessageArray[] },
  end: () => Promise<void>,
  warmUp: WarmUp = WARM_UP,
): Promise<TimedModel> {
  try {
    const { tensors, arrays } = pack();
    await worker.request("prepared", { type: "prepare", tensors, warmUp }, arrays);
    const { header } = await worker.request("calibrated", { type: "calibrate" });
    return {
      runsPerSample: header.runsPerSample,
      async time(block, deadlineMs) {
        const timed = await worker.request("timed", { type: "time", ...block }, [], deadlineMs);
        return Array.from(timed.arrays[0] as Float64Array);
      },
      dispose: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}
