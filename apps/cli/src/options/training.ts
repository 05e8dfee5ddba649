// The options about training: on what, how long, and how.

import { availableParallelism } from "node:os";
import type { FinetuneOptions } from "@espalier/core";
import { DATA_SET_NAMES } from "@espalier/data/node";
import { type Command, InvalidArgumentError, Option } from "commander";
import { wholeNumber } from "./values.js";

export interface TrainingFlags {
  readonly data?: string;
  readonly samples?: number;
  readonly epochs?: number;
  readonly batch?: number;
  readonly learningRate?: number;
  readonly optimiser?: FinetuneOptions["optimiser"];
  readonly augment?: FinetuneOptions["augment"];
  readonly statistics?: FinetuneOptions["statistics"];
}

/** How the learning rate falls: `--schedule` of finetune, `--rate-schedule` of prune, whose `--schedule` is another. */
export interface RateFlags {
  readonly schedule?: FinetuneOptions["schedule"];
}

/** More threads than this gain little in networks of the size that is trained here. */
const MOST_THREADS = 4;
const DEFAULT_EPOCHS = 10;
const RATES: Readonly<Record<FinetuneOptions["optimiser"], number>> = {
  sgd: 0.01,
  adam: 0.001,
  "adam-w": 0.001,
};

export function addTrainingOptions(command: Command): Command {
  return command
    .option("--data <name>", `labelled data to train on: ${DATA_SET_NAMES.join(", ")}`)
    .option("--samples <n>", "train on the first n samples of it only", wholeNumber(1))
    .option("--epochs <n>", `passes over the data (default: ${DEFAULT_EPOCHS})`, wholeNumber(1))
    .option("--batch <n>", "samples of a step (default: 64, or what the network is made for)", wholeNumber(1))
    .option(
      "--learning-rate <rate>",
      `of the first step (default: ${RATES.sgd} for sgd, else ${RATES.adam})`,
      learningRate,
    )
    .addOption(
      new Option("--optimiser <name>", "sgd has momentum 0.9 and weight decay 0.0001 (default: sgd)").choices(
        Object.keys(RATES),
      ),
    )
    .addOption(
      new Option(
        "--augment <how>",
        "change images while training: random crops, and mirror images (default: none)",
      ).choices(["none", "crop", "crop-flip"]),
    )
    .addOption(
      new Option(
        "--statistics <whose>",
        "normalise by the statistics of each batch, or keep the stored ones (default: batch)",
      ).choices(["batch", "stored"]),
    );
}

/** @param name `schedule`, or another where that is taken */
export function addRateOption(command: Command, name: "schedule" | "rate-schedule"): Command {
  return command.addOption(
    new Option(
      `--${name} <name>`,
      "how the learning rate falls: not, to a tenth twice, or along a cosine (default: cosine)",
    ).choices(["constant", "step", "cosine"]),
  );
}

/** The settings that the flags ask for; the batch is the data's matter. */
export function trainingSettings(
  flags: TrainingFlags,
  {
    schedule = "cosine",
    seed,
    threads,
  }: {
    readonly schedule?: FinetuneOptions["schedule"] | undefined;
    readonly seed: number;
    readonly threads?: number;
  },
): Omit<FinetuneOptions, "batch"> {
  const { epochs = DEFAULT_EPOCHS, optimiser = "sgd", augment = "none", statistics = "batch" } = flags;
  const { learningRate = RATES[optimiser] } = flags;
  const used = threads ?? Math.min(MOST_THREADS, availableParallelism());
  return { epochs, learningRate, optimiser, schedule, augment, statistics, seed, threads: used };
}

/** "10 epochs, sgd, learning rate 0.01 (cosine), seed 1, 2 threads" */
export function trainingText(options: Omit<FinetuneOptions, "batch">): string {
  const { epochs, optimiser, learningRate: rate, schedule, augment, statistics, seed, threads } = options;
  const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;
  const how = [
    ...[plural(epochs, "epoch"), optimiser, `learning rate ${rate} (${schedule})`],
    ...(augment === "none" ? [] : [`images changed (${augment})`]),
    ...(statistics === "batch" ? [] : ["stored statistics"]),
    ...[`seed ${seed}`, plural(threads, "thread")],
  ];
  return how.join(", ");
}

function learningRate(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && Number.isFinite(value)))
    throw new InvalidArgumentError("Expected a number above 0, such as 0.01.");
  return value;
}
