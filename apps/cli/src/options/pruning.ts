// The options that plan, prune and demo share.

import {
  type Allocation,
  type Amount,
  type Budget,
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
import { TARGETS } from "../target.js";
import {
  amount,
  byteCount,
  collect,
  dimension,
  fraction,
  milliseconds,
  ratio,
  stepOption,
  thousands,
  wholeNumber,
} from "./values.js";

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
  readonly ratio?: number;
  readonly latency?: Amount;
  readonly macs?: Amount;
  readonly params?: Amount;
  readonly size?: Amount;
  readonly criterion: string;
  readonly allocation?: string;
  readonly schedule?: "one-shot" | "iterative";
  readonly rounds?: number;
  readonly step?: number | "auto";
  readonly minWidth: number;
  readonly maxRatio?: number;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly dim?: Readonly<Record<string, number>>;
  readonly allowInexact?: true;
  readonly keepOverridable?: true;
  readonly costTable?: string;
  readonly seed: number;
}

export function addPruningOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--target <name>", "hardware to prune for")
        .choices(Object.keys(TARGETS))
        .makeOptionMandatory(),
    )
    .option(
      "--ratio <fraction>",
      "budget: fraction of units removed, of every group (uniform) or of all together",
      ratio,
    )
    .option("--latency <amount>", "or: latency kept, 0.5, 50% or 12ms", amount(milliseconds, "12ms"))
    .option("--macs <amount>", "or: MACs kept, 50% or 150M", amount(thousands, "150M"))
    .option("--params <amount>", "or: parameters kept, 50% or 2M", amount(thousands, "2M"))
    .option("--size <amount>", "or: bytes of the file kept, 50% or 2MB", amount(byteCount, "2MB"))
    .addOption(
      new Option("--criterion <name>", "what makes a unit important")
        .choices(Object.keys(CRITERIA))
        .default("l1"),
    )
    .addOption(
      new Option("--allocation <name>", "how the ratio is spread")
        .choices(Object.keys(ALLOCATIONS))
        .default(undefined, "uniform"),
    )
    .addOption(
      new Option("--schedule <name>", "all at once, or in rounds, scoring anew each time")
        .choices(["one-shot", "iterative"])
        .default(undefined, "one-shot"),
    )
    .option("--rounds <n>", `rounds of the iterative schedule (default: ${DEFAULT_ROUNDS})`, wholeNumber(1))
    .option(
      "--step <n>",
      "round kept widths up to a multiple of n, or of the measured step: auto (default: 1; auto under --latency)",
      stepOption,
    )
    .option("--min-width <n>", "no group becomes narrower than n", wholeNumber(1), 1)
    .option("--max-ratio <fraction>", "no group loses more than this fraction of its units", fraction)
    .option("--include <glob>", "only groups that match (repeatable)", collect)
    .option("--exclude <glob>", "not the groups that match (repeatable)", collect)
    .option("--dim <name=value>", "bind a symbolic dimension (repeatable)", dimension)
    .option("--allow-inexact", "also groups that a mean or layer normalisation runs over")
    .option("--keep-overridable", "leave initialisers that are also inputs as they are")
    .option("--cost-table <file>", "plan by the costs in this file instead of measuring them here")
    .option("--seed <n>", "seed of everything random", wholeNumber(0), 1);
}

/** What the flags ask for. */
export function structuralOptions(flags: PruningFlags): StructuralOptions {
  const rounds = roundsOf(flags);
  return {
    budget: budgetOf(flags),
    criterion: (CRITERIA[flags.criterion] ?? magnitude)(),
    ...(flags.allocation === undefined ? {} : { allocation: (ALLOCATIONS[flags.allocation] ?? uniform)() }),
    schedule: rounds === 1 ? oneShot() : iterative(rounds),
    ...(flags.step === undefined ? {} : { step: flags.step }),
    ...(flags.maxRatio === undefined ? {} : { maxRatio: flags.maxRatio }),
    minWidth: flags.minWidth,
    include: flags.include ?? [],
    exclude: flags.exclude ?? [],
    dims: flags.dim ?? {},
    allowInexact: flags.allowInexact ?? false,
    keepOverridable: flags.keepOverridable ?? false,
    seed: flags.seed,
  };
}

const BUDGETS = ["ratio", "latency", "macs", "params", "size"] as const;

/** The one budget that was given. */
function budgetOf(flags: PruningFlags): Budget {
  const given = BUDGETS.filter((kind) => flags[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    throw new EspalierError("INVALID_OPTION", "Give one budget", {
      expected: `one of ${BUDGETS.map((one) => `--${one}`).join(", ")}`,
      found: given.map((one) => `--${one}`).join(" and ") || "none",
    });
  }
  return { [kind]: flags[kind] } as unknown as Budget;
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
  const details = [
    ...(rounds === 1 ? [] : [`in ${rounds} rounds`]),
    `least ${flags.criterion} first`,
    ...(flags.step === undefined || flags.step === 1 ? [] : [stepText(flags.step)]),
    ...(flags.maxRatio === undefined ? [] : [`no group loses more than ${percent(flags.maxRatio)}`]),
    ...(flags.minWidth === 1 ? [] : [`none below ${flags.minWidth}`]),
    ...(flags.include === undefined ? [] : [`only ${flags.include.join(", ")}`]),
    ...(flags.exclude === undefined ? [] : [`not ${flags.exclude.join(", ")}`]),
    ...(flags.allowInexact === undefined ? [] : ["inexact groups too"]),
    ...Object.entries(flags.dim ?? {}).map(([dim, size]) => `${dim} = ${size}`),
  ];
  return `${name}: ${requestText(flags)}, ${details.join(", ")}; target ${flags.target}, seed ${flags.seed}`;
}

function requestText(flags: PruningFlags): string {
  if (flags.ratio !== undefined) {
    const spread =
      flags.allocation === undefined || flags.allocation === "uniform"
        ? "of the units of every group"
        : `of all units together (${flags.allocation})`;
    return `remove ${percent(flags.ratio)} ${spread}`;
  }
  for (const [kind, text] of [
    ["latency", "latency"],
    ["macs", "MACs"],
    ["params", "parameters"],
    ["size", "bytes of the file"],
  ] as const) {
    const asked = flags[kind];
    if (asked === undefined) continue;
    if (typeof asked === "number") return `keep ${percent(asked)} of the ${text}`;
    return `keep ${text} at ${asked.absolute}${kind === "latency" ? " ms" : ""} or less`;
  }
  return "";
}

function stepText(step: number | "auto"): string {
  return `widths rounded up to multiples of ${step === "auto" ? "the measured step" : step}`;
}

function percent(value: number): string {
  return `${Number((value * 100).toPrecision(6))} %`;
}
