// The options about calibration inputs: where they lie, and what is done on them.

import type { RecoveryMethod } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import { type Command, InvalidArgumentError } from "commander";
import { collect, wholeNumber } from "./option-values.js";

export interface CalibrationFlags {
  readonly calibration?: readonly string[];
  readonly calibrationCount?: number;
  readonly labels?: string;
}

export interface RecoveryFlags {
  readonly recover?: readonly RecoveryMethod[];
}

export function addCalibrationOptions(command: Command): Command {
  return command
    .option(
      "--calibration <path>",
      "real inputs, unlabelled: a folder of images (by the input card), .npy, or CIFAR-10's .bin (repeatable)",
      collect,
    )
    .option("--calibration-count <n>", "how many of them, drawn with the seed (default: 512)", wholeNumber(1))
    .option(
      "--labels <file>",
      "classes of the images, a file name, a tab and an index a line; else their folders",
    );
}

export function addRecoveryOptions(command: Command): Command {
  return command.option(
    "--recover <methods>",
    "how weights are recovered on them: reconstruct, bias, batch-norm, or none (default: reconstruct)",
    recoveryMethods,
  );
}

const METHODS: readonly RecoveryMethod[] = ["reconstruct", "bias", "batch-norm"];

function recoveryMethods(text: string): RecoveryMethod[] {
  if (text === "none") return [];
  const methods = text.split(",");
  if (!methods.every((method) => (METHODS as readonly string[]).includes(method)))
    throw new InvalidArgumentError(`Expected none, or some of ${METHODS.join(", ")}, separated by commas.`);
  return METHODS.filter((method) => methods.includes(method));
}

/**
 * What cannot be done without inputs is not silently left out.
 *
 * @throws EspalierError `CALIBRATION_MISSING`
 */
export function requireNoCalibration({
  recover = [],
  labels,
  calibrationCount,
}: CalibrationFlags & RecoveryFlags): void {
  const asked = [
    ...(recover.length === 0 ? [] : ["--recover"]),
    ...(labels === undefined ? [] : ["--labels"]),
    ...(calibrationCount === undefined ? [] : ["--calibration-count"]),
  ];
  const [first] = asked;
  if (first === undefined) return;
  throw new EspalierError("CALIBRATION_MISSING", "Calibration inputs are needed", {
    where: first,
    expected: "a few hundred inputs",
    found: "none",
    unblock: "Give them with --calibration.",
  });
}
