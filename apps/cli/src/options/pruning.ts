// The options that plan, prune and demo share.

import {
  type Allocation,
  type Amount,
  type Budget,
  batchNormScale,
  type Criterion,
  type DropBudget,
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
import { elementsText, PATTERN_TEXT } from "@espalier/deploy";
import { EspalierError } from "@espalier/ir";
import { type Command, Option } from "commander";
import { TARGET_NAMES } from "../target.js";
import { addExportOptions, type ExportFlags, exportSettings } from "./export.js";
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
/** What needs calibration inputs, by the name that core gives it. */
const CALIBRATED = { criterion: "reconstruction", allocation: "sensitivity" } as const;
const DEFAULT_ROUNDS = 5;

export interface PruningFlags extends ExportFlags {
  readonly target: string;
  readonly ratio?: number;
  readonly latency?: Amount;
  readonly macs?: Amount;
  readonly params?: Amount;
  readonly size?: Amount;
  readonly maxDrop?: number;
  readonly granularity?: string;
  readonly criterion?: string;
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
  return addExportOptions(command)
    .addOption(
      new Option("--target <name>", "hardware to prune for").choices(TARGET_NAMES).makeOptionMandatory(),
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
    .option(
      "--max-drop <fraction>",
      "or: as small as it gets while held-out calibration inputs lose no more accuracy (without labels: output error) than this",
      ratio,
    )
    .option(
      "--granularity <unit>",
      "what is pruned: auto, channel; for tensorrt also 2:4, a pattern of zeros that makes nothing smaller; for tflite also element, single weights of 1x1 convolutions where XNNPACK skips zeros, --ratio 0.85 (default: auto)",
    )
    .addOption(
      new Option(
        "--criterion <name>",
        "what makes a unit important; reconstruction: what the others cannot stand in for, on calibration inputs (default: l1; reconstruction with --allocation sensitivity or --max-drop)",
      ).choices([...Object.keys(CRITERIA), CALIBRATED.criterion]),
    )
    .addOption(
      new Option(
        "--allocation <name>",
        "how the ratio is spread; sensitivity: a cost is saved where measured outputs suffer least, on calibration inputs (default: uniform; sensitivity with --max-drop)",
      ).choices([...Object.keys(ALLOCATIONS), CALIBRATED.allocation]),
    )
    .addOption(
      new Option(
        "--schedule <name>",
        "all at once, or in rounds, scoring anew each time (default: one-shot; iterative with --rounds)",
      ).choices(["one-shot", "iterative"]),
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

export interface AskedOptions extends Omit<StructuralOptions, "budget"> {
  readonly budget: Budget | DropBudget;
}

/** What the flags ask for. @throws EspalierError `INVALID_OPTION` */
export function structuralOptions(flags: PruningFlags): AskedOptions {
  const rounds = roundsOf(flags);
  const { criterion, allocation } = namesOf(flags);
  if (criterion === CALIBRATED.criterion && rounds > 1)
    throw new EspalierError("INVALID_OPTION", "Two options contradict each other", {
      where: "--criterion reconstruction",
      expected: "--schedule one-shot",
      found: `${rounds} rounds`,
    });
  return {
    budget: budgetOf(flags),
    ...(flags.granularity === undefined ? {} : { granularity: flags.granularity }),
    criterion: criterion === CALIBRATED.criterion ? criterion : (CRITERIA[criterion] ?? magnitude)(),
    ...(allocation === undefined
      ? {}
      : {
          allocation:
            allocation === CALIBRATED.allocation ? allocation : (ALLOCATIONS[allocation] ?? uniform)(),
        }),
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
    ...exportSettings(flags),
  };
}

/** Names with their defaults; undefined leaves the allocation to core. */
function namesOf(flags: PruningFlags): { readonly criterion: string; readonly allocation?: string } {
  const allocation = flags.allocation ?? (flags.maxDrop === undefined ? undefined : CALIBRATED.allocation);
  const byCurves = allocation === CALIBRATED.allocation;
  return {
    criterion: flags.criterion ?? (byCurves ? CALIBRATED.criterion : "l1"),
    ...(allocation === undefined ? {} : { allocation }),
  };
}

const BUDGETS = ["ratio", "latency", "macs", "params", "size", "maxDrop"] as const;
const OPTION: Readonly<Record<string, string>> = { maxDrop: "--max-drop" };

/** The one budget that was given. */
function budgetOf(flags: PruningFlags): Budget | DropBudget {
  const given = BUDGETS.filter((kind) => flags[kind] !== undefined);
  const [kind] = given;
  // The pattern itself is the budget: half of the weights.
  if (kind === undefined && flags.granularity === "2:4") return { ratio: 0.5 };
  if (kind === undefined || given.length > 1) {
    throw new EspalierError("INVALID_OPTION", "Give one budget", {
      expected: `one of ${BUDGETS.map(optionOf).join(", ")}`,
      found: given.map(optionOf).join(" and ") || "none",
    });
  }
  if (kind === "maxDrop") {
    const over = namesOf(flags).allocation === CALIBRATED.allocation ? "macs" : "ratio";
    return { maxDrop: flags.maxDrop as number, over };
  }
  return { [kind]: flags[kind] } as unknown as Budget;
}

function optionOf(kind: string): string {
  return OPTION[kind] ?? `--${kind}`;
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
    `least ${namesOf(flags).criterion} first`,
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
  if (flags.granularity === "2:4") return PATTERN_TEXT;
  if (flags.maxDrop !== undefined)
    return `as small as it gets with a drop of at most ${percent(flags.maxDrop)} on held-out inputs`;
  if (flags.granularity === "element" && flags.ratio !== undefined) return elementsText(flags.ratio);
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
