// The options that plan, prune and demo share.

import {
  type Allocation,
  batchNormScale,
  type Criterion,
  geometricMedian,
  global,
  iterative,
  lamp,
  magnitude,
  oneShot,
  randomImportance,
  type StructuralOptions,
  uniform,
} from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import { type Command, Option } from "commander";
import { collect, dimension, ratio, wholeNumber } from "./values.js";

const CRITERIA: Readonly<Record<string, () => Criterion>> = {
  l1: () => magnitude({ p: 1 }),
  l2: () => magnitude({ p: 2 }),
  "l1-group": () => magnitude({ p: 1, members: "all" }),
  "l2-group": () => magnitude({ p: 2, members: "all" }),
  "bn-scale": batchNormScale,
  fpgm: geometricMedian,
  random: randomImportance,
};
const ALLOCATIONS: Readonly<Record<string, () => Allocation>> = { uniform, global, lamp };
const DEFAULT_ROUNDS = 5;

export interface PruningFlags {
  readonly target: string;
  readonly ratio: number;
  readonly criterion: string;
  readonly allocation: string;
  readonly schedule?: "one-shot" | "iterative";
  readonly rounds?: number;
  readonly step: number;
  readonly minWidth: number;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly dim?: Readonly<Record<string, number>>;
  readonly allowInexact?: true;
  readonly keepOverridable?: true;
  readonly seed: number;
}

export function addPruningOptions(command: Command): Command {
  return command
    .addOption(new Option("--target <name>", "hardware to prune for").choices(["cpu"]).makeOptionMandatory())
    .requiredOption(
      "--ratio <fraction>",
      "fraction of units removed: of every group (uniform), or of all together",
      ratio,
    )
    .addOption(
      new Option("--criterion <name>", "what makes a unit important")
        .choices(Object.keys(CRITERIA))
        .default("l1"),
    )
    .addOption(
      new Option("--allocation <name>", "how the ratio is spread")
        .choices(Object.keys(ALLOCATIONS))
        .default("uniform"),
    )
    .addOption(
      new Option("--schedule <name>", "all at once, or in rounds, scoring anew each time")
        .choices(["one-shot", "iterative"])
        .default(undefined, "one-shot"),
    )
    .option("--rounds <n>", `rounds of the iterative schedule (default: ${DEFAULT_ROUNDS})`, wholeNumber(1))
    .option("--step <n>", "round kept widths up to a multiple of n", wholeNumber(1), 1)
    .option("--min-width <n>", "no group becomes narrower than n", wholeNumber(1), 1)
    .option("--include <glob>", "only groups that match (repeatable)", collect)
    .option("--exclude <glob>", "not the groups that match (repeatable)", collect)
    .option("--dim <name=value>", "bind a symbolic dimension (repeatable)", dimension)
    .option("--allow-inexact", "also groups that a mean or layer normalisation runs over")
    .option("--keep-overridable", "leave initialisers that are also inputs as they are")
    .option("--seed <n>", "seed of everything random", wholeNumber(0), 1);
}

/** What the flags ask for. */
export function structuralOptions(flags: PruningFlags): StructuralOptions {
  const rounds = roundsOf(flags);
  return {
    budget: { ratio: flags.ratio },
    criterion: (CRITERIA[flags.criterion] ?? magnitude)(),
    allocation: (ALLOCATIONS[flags.allocation] ?? uniform)(),
    schedule: rounds === 1 ? oneShot() : iterative(rounds),
    step: flags.step,
    minWidth: flags.minWidth,
    include: flags.include ?? [],
    exclude: flags.exclude ?? [],
    dims: flags.dim ?? {},
    allowInexact: flags.allowInexact ?? false,
    keepOverridable: flags.keepOverridable ?? false,
    seed: flags.seed,
  };
}

/** `--rounds` alone means iterative. */
function roundsOf({ schedule, rounds }: PruningFlags): number {
  if (schedule === "one-shot" && rounds !== undefined && rounds > 1)
    throw new EspalierError("INVALID_OPTION", "Two options contradict each other", {
      where: "--rounds",
      expected: "--schedule iterative",
      found: "--schedule one-shot",
    });
  if (schedule === "one-shot") return 1;
  return rounds ?? (schedule === "iterative" ? DEFAULT_ROUNDS : 1);
}

/** One line that says what was understood. */
export function understood(flags: PruningFlags, name: string): string {
  const rounds = roundsOf(flags);
  const spread =
    flags.allocation === "uniform"
      ? "of the units of every group"
      : `of all units together (${flags.allocation})`;
  const details = [
    ...(rounds === 1 ? [] : [`in ${rounds} rounds`]),
    `least ${flags.criterion} first`,
    ...(flags.step === 1 ? [] : [`widths rounded up to multiples of ${flags.step}`]),
    ...(flags.minWidth === 1 ? [] : [`none below ${flags.minWidth}`]),
    ...(flags.include === undefined ? [] : [`only ${flags.include.join(", ")}`]),
    ...(flags.exclude === undefined ? [] : [`not ${flags.exclude.join(", ")}`]),
    ...(flags.allowInexact === undefined ? [] : ["inexact groups too"]),
    ...Object.entries(flags.dim ?? {}).map(([dim, size]) => `${dim} = ${size}`),
  ];
  const percent = Number((flags.ratio * 100).toPrecision(6));
  return `${name}: remove ${percent} % ${spread}, ${details.join(", ")}; target ${flags.target}, seed ${flags.seed}`;
}
