// Which network of a Hugging Face folder is meant, where it holds several.

import { type Command, Option } from "commander";

export interface ChoiceFlags {
  readonly file?: string;
  readonly dtype?: string;
}

/** @param dtypes that names of files can have */
export function addChoiceOptions(command: Command, dtypes: readonly string[]): Command {
  return command
    .option("--file <name>", "which ONNX file of a Hugging Face folder")
    .addOption(new Option("--dtype <name>", "the same, by the dtype in its name").choices(dtypes));
}

/** @param preferred the file that is meant when no flag says which */
export function modelChoice(
  { file, dtype }: ChoiceFlags,
  preferred?: string,
): ChoiceFlags & { readonly preferred?: string } {
  return {
    ...(file === undefined ? {} : { file }),
    ...(dtype === undefined ? {} : { dtype }),
    ...(preferred === undefined ? {} : { preferred }),
  };
}
