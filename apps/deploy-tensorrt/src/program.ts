// The program: its name, and its commands.

import { runProgram } from "@espalier/deploy";
import { deployCommand } from "./commands/deploy.js";
import { timesCommand } from "./commands/times.js";

/** Runs the command line; sets the exit code of the process. */
export function run(args: readonly string[]): Promise<void> {
  return runProgram(
    {
      name: "deploy-tensorrt",
      description: "Prune an ONNX model and write what TensorRT builds and times on an NVIDIA GPU.",
      commands: [deployCommand, timesCommand],
    },
    args,
  );
}
