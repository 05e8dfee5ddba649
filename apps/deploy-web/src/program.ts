// The program: its name, and its commands.

import { runProgram } from "@espalier/deploy";
import { serveCommand } from "@espalier/page/node";
import { deployCommand } from "./commands/deploy.js";

/** Runs the command line; sets the exit code of the process. */
export function run(args: readonly string[]): Promise<void> {
  return runProgram(
    {
      name: "deploy-web",
      description: "Prune an ONNX model and build a static page that runs it in the browser.",
      commands: [deployCommand, serveCommand],
    },
    args,
  );
}
