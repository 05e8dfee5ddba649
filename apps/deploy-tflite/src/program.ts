// The program: its name, and its commands.

import { runProgram } from "@espalier/deploy";
import { serveCommand } from "@espalier/page/node";
import { deployCommand } from "./commands/deploy.js";
import { timesCommand } from "./commands/times.js";

/** Runs the command line; sets the exit code of the process. */
export function run(args: readonly string[]): Promise<void> {
  return runProgram(
    {
      name: "deploy-tflite",
      description:
        "Prune an ONNX model and write a TensorFlow Lite file, a page that runs it, and a script that times it on phones.",
      commands: [deployCommand, serveCommand, timesCommand],
    },
    args,
  );
}
