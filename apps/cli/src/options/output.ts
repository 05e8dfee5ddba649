// The options that prune and apply share: where to write, what to measure, which gates to pass.

import { type Command, InvalidArgumentError } from "commander";
import { addLayoutOptions, type LayoutFlags } from "./folder.js";
import { byteCount, milliseconds, wholeNumber } from "./values.js";

export type ReportFormat = "html" | "md" | "json";

export interface OutputFlags extends LayoutFlags {
  readonly out: string;
  readonly force?: true;
  readonly report: readonly ReportFormat[];
  readonly measure: boolean;
  readonly threads?: number;
  readonly inputs?: string;
  readonly maxLatency?: number;
  readonly maxSize?: number;
}

export function addOutputOptions(command: Command): Command {
  return addLayoutOptions(command)
    .requiredOption("--out <dir>", "folder to write, whole or not at all")
    .option("--force", "replace a folder that Espalier did not write")
    .option("--report <formats>", "html, md, or both; json is the receipt", reportFormats, ["html"])
    .option("--no-measure", "leave latency and memory out")
    .option("--threads <n>", "also measure at n threads", wholeNumber(1))
    .option("--inputs <spec.json>", "what the inputs may hold: ranges, values or files")
    .option("--max-latency <time>", "exit 6 when the median is above this, such as 12ms", milliseconds)
    .option("--max-size <bytes>", "exit 6 when model.onnx is larger, such as 2MB", byteCount);
}

function reportFormats(text: string): ReportFormat[] {
  return text.split(",").map((format) => {
    if (format !== "html" && format !== "md" && format !== "json")
      throw new InvalidArgumentError("Expected html, md or json, separated by commas.");
    return format;
  });
}
