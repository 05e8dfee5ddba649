// How the artefact of a target is written whose format has choices: TFLite's and TensorRT's.

import { EspalierError } from "@espalier/ir";
import { type Command, Option } from "commander";

export interface ExportFlags {
  readonly target: string;
  readonly precision?: string;
  readonly ioLayout?: string;
  readonly sparse?: string;
  readonly graphType?: string;
}

/** Which targets have which choice, under its option. */
const CHOICES: Readonly<Record<string, { readonly option: string; readonly target: string }>> = {
  precision: { option: "--precision", target: "tflite" },
  ioLayout: { option: "--io-layout", target: "tflite" },
  sparse: { option: "--sparse", target: "tflite" },
  graphType: { option: "--graph-type", target: "tensorrt" },
};

export function addExportOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--precision <name>",
        "tflite: what weights are stored as; int8: activations as well, by --calibration inputs",
      ).choices(["float32", "float16", "dynamic-int8", "int8"]),
    )
    .addOption(
      new Option("--io-layout <name>", "tflite: how images go in and come out").choices(["nhwc", "nchw"]),
    )
    .addOption(
      new Option("--sparse <name>", "tflite: how zeros in 1x1 convolutions are stored").choices([
        "none",
        "densify",
      ]),
    )
    .addOption(
      new Option(
        "--graph-type <name>",
        "tensorrt: element type of weights and activations in the file; inputs and outputs stay float32",
      ).choices(["float32", "float16"]),
    );
}

/** Choices of the format that the target exports to. @throws EspalierError `INVALID_OPTION` for another target */
export function exportSettings({ target, ...flags }: ExportFlags): {
  readonly export?: Readonly<Record<string, string>>;
} {
  const { precision, ioLayout, sparse, graphType } = flags;
  const asked = Object.entries({ precision, ioLayout, sparse, graphType }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  for (const [name] of asked) {
    const choice = CHOICES[name];
    if (choice === undefined || choice.target === target) continue;
    throw new EspalierError("INVALID_OPTION", "An option is for another target", {
      where: choice.option,
      expected: `--target ${choice.target}`,
      found: `--target ${target}`,
    });
  }
  return asked.length === 0 ? {} : { export: Object.fromEntries(asked) };
}
