// What `prune` trains after the removal: the flags about training, of which none is left aside unsaid.

import type { FinetuneOptions } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import type { AskedTraining } from "../training/retrainer.js";
import { type TrainingFlags, trainingSettings, trainingText } from "./training.js";

export interface AskedFlags extends TrainingFlags {
  readonly rateSchedule?: FinetuneOptions["schedule"];
  readonly distill: boolean;
}

interface OtherFlags {
  readonly maxDrop?: number;
  readonly seed: number;
}

/** Mean nothing without --data. */
const NEED_DATA = [
  "samples",
  "epochs",
  "batch",
  "learningRate",
  "optimiser",
  "rateSchedule",
  "augment",
  "statistics",
] as const satisfies readonly (keyof AskedFlags)[];

/** What is trained afterwards; null where nothing is. @throws EspalierError `INVALID_OPTION` */
export function askedTraining(flags: AskedFlags & OtherFlags): AskedTraining | null {
  const { data, samples = null, batch = null, rateSchedule, maxDrop, seed, distill } = flags;
  if (data !== undefined && maxDrop !== undefined)
    throw new EspalierError("INVALID_OPTION", "A drop is measured before anything is trained", {
      where: "--max-drop",
      expected: "another budget with --data",
      found: "both",
      unblock:
        "Give --ratio, --macs, --params, --size or --latency, and compare the accuracies in the receipt.",
    });
  if (data === undefined) {
    const first = NEED_DATA.find((name) => flags[name] !== undefined);
    if (first === undefined && distill) return null;
    throw new EspalierError("INVALID_OPTION", "There is nothing to train on", {
      where: first === undefined ? "--no-distill" : optionOf(first),
      expected: "--data with the name of a data set",
      found: "none",
    });
  }
  const settings = trainingSettings(flags, { seed, schedule: rateSchedule });
  return { data, samples, batch, settings, distill };
}

/** "then fine-tune on mnist, taught by the dense network; 10 epochs, sgd, …" */
export function understoodTraining({ data, settings, distill }: AskedTraining): string {
  return `then fine-tune on ${data}${distill ? ", taught by the dense network" : ""}; ${trainingText(settings)}`;
}

/** learningRate → --learning-rate */
function optionOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
