// The options about Hugging Face folders: which network of it, how the output is laid out, and the input card.

import { addChoiceOptions as addKnownChoices } from "@espalier/deploy";
import { DTYPE_SUFFIXES } from "@espalier/interchange";
import { type Command, Option } from "commander";

export { type ChoiceFlags, modelChoice } from "@espalier/deploy";

export interface LayoutFlags {
  readonly layout?: "hf" | "flat";
  readonly preprocess?: string;
  readonly baseModel?: string;
}

export function addChoiceOptions(command: Command): Command {
  return addKnownChoices(command, Object.keys(DTYPE_SUFFIXES));
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
