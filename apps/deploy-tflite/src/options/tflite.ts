// The options about TFLite: how its file is written, and which interpreters there are.

import type { TargetOptions } from "@espalier/core";
import { ENGINES, type TfliteEngineName } from "@espalier/runtime-tflite";
import { TFLITE_SETTINGS } from "@espalier/tflite";
import { type Command, InvalidArgumentError, Option } from "commander";

export interface TfliteFlags {
  readonly granularity: "auto" | "channel" | "element";
  readonly precision: string;
  readonly ioLayout: string;
  readonly sparse: string;
  readonly engine?: readonly TfliteEngineName[];
}

export function addTfliteOptions(command: Command): Command {
  const { precision, ioLayout, sparse } = TFLITE_SETTINGS;
  const choice = (name: string, description: string, values: readonly string[]): Option =>
    new Option(name, description).choices(values).default(values[0]);
  return command
    .addOption(
      choice(
        "--granularity <unit>",
        "what is removed; element: single weights of 1x1 convolutions become zero where XNNPACK skips zeros (--ratio 0.85)",
        ["auto", "channel", "element"],
      ),
    )
    .addOption(
      choice(
        "--precision <name>",
        "what weights are stored as; int8: activations as well, by --calibration inputs",
        precision,
      ),
    )
    .addOption(choice("--io-layout <name>", "how images go in and come out", ioLayout))
    .addOption(choice("--sparse <name>", "how zeros in 1x1 convolutions are stored", sparse))
    .option(
      "--engine <names>",
      "interpreters on the page, separated by commas; the first proves (default: litert, and tfjs where it is installed)",
      engines,
    );
}

/** What the target is asked for. */
export function tfliteOptions({
  granularity,
  ...flags
}: TfliteFlags): Pick<TargetOptions, "granularity" | "export"> {
  return { granularity, export: exportSettings(flags) };
}

/** Choices of the format. */
export function exportSettings({
  precision,
  ioLayout,
  sparse,
}: Pick<TfliteFlags, "precision" | "ioLayout" | "sparse">): Readonly<Record<string, string>> {
  return { precision, ioLayout, sparse };
}

function engines(text: string): TfliteEngineName[] {
  const names = [...new Set(text.split(","))];
  if (names.every((name): name is TfliteEngineName => Object.hasOwn(ENGINES, name))) return names;
  throw new InvalidArgumentError(`Expected ${Object.keys(ENGINES).join(" or ")}, or both.`);
}
