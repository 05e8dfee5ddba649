// The options about Hugging Face folders: which network of it, how the output is laid out, and the input card.

import { DTYPE_SUFFIXES, type ModelChoice } from "@espalier/interchange";
import { type Command, Option } from "commander";

export interface ChoiceFlags {
  readonly file?: string;
  readonly dtype?: string;
}

export interface LayoutFlags {
  readonly layout?: "hf" | "flat";
  readonly preprocess?: string;
  readonly baseModel?: string;
}

export function addChoiceOptions(command: Command): Command {
  return command
    .option("--file <name>", "which ONNX file of a Hugging Face folder")
    .addOption(
      new Option("--dtype <name>", "the same, by the dtype in its name").choices(Object.keys(DTYPE_SUFFIXES)),
    );
}

export function addLayoutOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--layout <name>",
        "of the output: a Hugging Face folder, or model.onnx and its receipt (default: as the input is)",
      ).choices(["hf", "flat"]),
    )
    .option("--preprocess <card.json>", "input card of the model, to go along with it")
    .option("--base-model <org/name>", "repository that the model card names as the source");
}

/** @param preferred the file that is meant when no flag says which */
export function modelChoice({ file, dtype }: ChoiceFlags, preferred?: string): ModelChoice {
  return {
    ...(file === undefined ? {} : { file }),
    ...(dtype === undefined ? {} : { dtype }),
    ...(preferred === undefined ? {} : { preferred }),
  };
}
