// How much to prune: the flags, and what a target's `prune` is asked for. A further kind of budget is a row of BUDGETS.

import type { Amount, Budget, PruningPlan, TargetOptions } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import type { Command } from "commander";
import { amount, collect, dimension, ratio, wholeNumber } from "./option-values.js";

interface BudgetKind {
  /** Name of the budget and of its option. */
  readonly name: "ratio" | "latency" | "macs" | "params" | "size";
  readonly description: string;
  readonly parse: (text: string) => Amount;
  /** What is asked for, in words. */
  readonly text: (asked: string) => string;
}

const DEFAULT_RATIO = 0.3;
const THOUSANDS = { k: 1e3, M: 1e6, G: 1e9 };

const BUDGETS: readonly BudgetKind[] = [
  {
    name: "ratio",
    description: `fraction of the units removed from every group (default: ${DEFAULT_RATIO}, where no budget is given)`,
    parse: ratio,
    text: (asked) => `remove ${asked} of the units of every group`,
  },
  {
    name: "latency",
    description: "or: latency kept, 0.5, 50% or 12ms",
    parse: amount({ ms: 1, s: 1000 }, "12ms"),
    text: (asked) => `keep ${asked} of latency`,
  },
  {
    name: "macs",
    description: "or: MACs kept, 50% or 150M",
    parse: amount(THOUSANDS, "150M"),
    text: (asked) => `keep ${asked} of MACs`,
  },
  {
    name: "params",
    description: "or: parameters kept, 50% or 2M",
    parse: amount(THOUSANDS, "2M"),
    text: (asked) => `keep ${asked} of parameters`,
  },
  {
    name: "size",
    description: "or: bytes of the file kept, 50% or 2MB",
    parse: amount({ B: 1, kB: 1e3, MB: 1e6, GB: 1e9 }, "2MB"),
    text: (asked) => `keep ${asked} of bytes`,
  },
];

const OPTIONS = BUDGETS.map(({ name }) => `--${name}`).join(", ");

export interface PruningFlags {
  readonly step?: number | "auto";
  readonly minWidth: number;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly dim?: Readonly<Record<string, number>>;
  readonly allowInexact?: true;
  readonly seed: number;
}

export function addPruningOptions(command: Command): Command {
  for (const { name, description, parse } of BUDGETS)
    command.option(`--${name} <amount>`, description, parse);
  return command
    .option("--step <n>", "round kept widths up to a multiple of n, or of the measured step: auto", step)
    .option("--min-width <n>", "no group becomes narrower than n", wholeNumber(1), 1)
    .option("--include <glob>", "only groups that match (repeatable)", collect)
    .option("--exclude <glob>", "not the groups that match (repeatable)", collect)
    .option("--dim <name=value>", "bind a symbolic dimension (repeatable)", dimension)
    .option("--allow-inexact", "also groups that a mean or layer normalisation runs over")
    .option("--seed <n>", "seed of everything random", wholeNumber(0), 1);
}

function step(text: string): number | "auto" {
  return text === "auto" ? "auto" : wholeNumber(1)(text);
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(6))} %`;
}

export interface AskedBudget {
  readonly budget: Budget;
  /** The same in words. */
  readonly text: string;
  /** What a run has to say beside it: that nobody asked for it. Empty where somebody did. */
  readonly origin: string;
}

/**
 * What is asked for; `ratio` where nothing is.
 *
 * @throws EspalierError `INVALID_OPTION` for two budgets
 */
export function askedBudget(flags: object, ratio: number = DEFAULT_RATIO): AskedBudget {
  const given = BUDGETS.flatMap((kind) => {
    const asked = Reflect.get(flags, kind.name) as Amount | undefined;
    return asked === undefined ? [] : [{ kind, asked }];
  });
  if (given.length > 1)
    throw new EspalierError("INVALID_OPTION", "Give one budget", {
      expected: `one of ${OPTIONS}`,
      found: given.map(({ kind }) => `--${kind.name}`).join(" and "),
    });
  const { kind, asked } = given[0] ?? { kind: BUDGETS[0] as BudgetKind, asked: ratio };
  const words = typeof asked === "number" ? percent(asked) : `${asked.absolute}`;
  return {
    budget: { [kind.name]: asked } as unknown as Budget,
    text: kind.text(words),
    origin: given.length === 0 ? ` (the default: no budget was given; the options are ${OPTIONS})` : "",
  };
}

/** What `--granularity 2:4` asks for, in words. */
export const PATTERN_TEXT = "keep two of every four weights in the layers that can carry it";

/** What a plan was asked for, in words. */
export function plannedText({ budget, options: { granularity } }: PruningPlan): string {
  const { kind, value, unit = "fraction" } = budget;
  if (granularity === "2:4") return PATTERN_TEXT;
  if (granularity === "element" && kind === "ratio") return elementsText(value);
  const text = BUDGETS.find(({ name }) => name === kind)?.text ?? ((asked) => `${kind} ${asked}`);
  return text(unit === "fraction" ? percent(value) : `${value} ${unit}`);
}

/** What `--granularity element` asks for, in words. */
export function elementsText(ratio: number): string {
  return `make ${percent(ratio)} of the weights of 1x1 convolutions zero`;
}

export function pruningOptions(flags: PruningFlags): Omit<TargetOptions, "runtime" | "host" | "budget"> {
  return {
    ...(flags.step === undefined ? {} : { step: flags.step }),
    minWidth: flags.minWidth,
    include: flags.include ?? [],
    exclude: flags.exclude ?? [],
    dims: flags.dim ?? {},
    allowInexact: flags.allowInexact ?? false,
    seed: flags.seed,
  };
}
