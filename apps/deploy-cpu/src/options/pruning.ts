// How much to prune: the flags, and what `cpu.prune` is asked for. A further kind of budget is a row of BUDGETS.

import type { CpuOptions } from "@espalier/cpu";
import { EspalierError } from "@espalier/ir";
import type { Command } from "commander";
import { collect, dimension, ratio, wholeNumber } from "./values.js";

type Budget = CpuOptions["budget"];

interface BudgetKind {
  /** Name in the flags: `--name`. */
  readonly name: string;
  readonly flag: string;
  readonly description: string;
  readonly parse: (text: string) => number;
  readonly budget: (value: number) => Budget;
  readonly text: (value: number) => string;
}

const BUDGETS: readonly BudgetKind[] = [
  {
    name: "ratio",
    flag: "--ratio <fraction>",
    description: "fraction of the units removed from every group",
    parse: ratio,
    budget: (value) => ({ ratio: value }),
    text: (value) => `remove ${Number((value * 100).toPrecision(6))} % of the units of every group`,
  },
];

const DEFAULT_RATIO = 0.3;

export interface PruningFlags {
  readonly step: number;
  readonly minWidth: number;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly dim?: Readonly<Record<string, number>>;
  readonly allowInexact?: true;
  readonly seed: number;
}

export function addPruningOptions(command: Command): Command {
  for (const { flag, description, parse } of BUDGETS) command.option(flag, description, parse);
  return command
    .option("--step <n>", "round kept widths up to a multiple of n", wholeNumber(1), 1)
    .option("--min-width <n>", "no group becomes narrower than n", wholeNumber(1), 1)
    .option("--include <glob>", "only groups that match (repeatable)", collect)
    .option("--exclude <glob>", "not the groups that match (repeatable)", collect)
    .option("--dim <name=value>", "bind a symbolic dimension (repeatable)", dimension)
    .option("--allow-inexact", "also groups that a mean or layer normalisation runs over")
    .option("--seed <n>", "seed of everything random", wholeNumber(0), 1);
}

/** What is asked for, and the same in words. @throws EspalierError `INVALID_OPTION` for two budgets */
export function askedBudget(flags: object): { readonly budget: Budget; readonly text: string } {
  const given = BUDGETS.flatMap((kind) => {
    const value: unknown = Reflect.get(flags, kind.name);
    return typeof value === "number" ? [{ budget: kind.budget(value), text: kind.text(value) }] : [];
  });
  if (given.length > 1)
    throw new EspalierError("INVALID_OPTION", "One budget is taken", {
      expected: `one of ${BUDGETS.map(({ name }) => `--${name}`).join(", ")}`,
      found: `${given.length} of them`,
    });
  const [ratioKind] = BUDGETS as [BudgetKind];
  return given[0] ?? { budget: ratioKind.budget(DEFAULT_RATIO), text: ratioKind.text(DEFAULT_RATIO) };
}

export function pruningOptions(flags: PruningFlags): Omit<CpuOptions, "runtime" | "host" | "budget"> {
  return {
    step: flags.step,
    minWidth: flags.minWidth,
    include: flags.include ?? [],
    exclude: flags.exclude ?? [],
    dims: flags.dim ?? {},
    allowInexact: flags.allowInexact ?? false,
    seed: flags.seed,
  };
}
