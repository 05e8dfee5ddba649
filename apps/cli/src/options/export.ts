// How the artefact of a target is written whose format has choices: TFLite's.

import { EspalierError } from "@espalier/ir";
import { type Command, Option } from "commander";

export interface ExportFlags {
  readonly target: string;
  readonly precision?: string;
  readonly ioLayout?: string;
  readonly sparse?: string;
}

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
    );
}

/** Choices of the format that the target exports to. @throws EspalierError `INVALID_OPTION` for another target */
export function exportSettings({ target, precision, ioLayout, sparse }: ExportFlags): {
  readonly export?: Readonly<Record<string, string>>;
} {
  const asked = Object.entries({ precision, ioLayout, sparse }).filter(([, value]) => value !== undefined);
  const [first] = asked;
  if (first === undefined) return {};
  if (target === "tflite") return { export: Object.fromEntries(asked) as Record<string, string> };
  throw new EspalierError("INVALID_OPTION", "An option is for another target", {
    where: first[0] === "ioLayout" ? "--io-layout" : `--${first[0]}`,
    expected: "--target tflite",
    found: `--target ${target}`,
  });
}
