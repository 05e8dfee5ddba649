// The program: its name, and its commands.

import { runProgram } from "@espalier/deploy";
import { compareCommand } from "./commands/compare.js";
import { deployCommand } from "./commands/deploy.js";
import { serveCommand } from "./commands/serve.js";

/** Runs the command line; sets the exit code of the process. */
export function run(args: readonly string[]): Promise<void> {
  return runProgram(
    {
      name: "deploy-cpu",
      description: "Prune an ONNX model and serve it over HTTP with ONNX Runtime on the CPU.",
      commands: [deployCommand, serveCommand, compareCommand],
    },
    args,
  );
}
