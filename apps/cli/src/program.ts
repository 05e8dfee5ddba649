// Puts the commands together and turns every end into an exit code.

import { VERSION } from "@espalier/core";
import { EspalierError, isEspalierError } from "@espalier/ir";
import { Command, CommanderError } from "commander";
import { applyCommand } from "./commands/apply.js";
import { benchCommand } from "./commands/bench.js";
import { demoCommand } from "./commands/demo.js";
import { diffCommand } from "./commands/diff.js";
import { doctorCommand } from "./commands/doctor.js";
import { explainCommand } from "./commands/explain.js";
import { inspectCommand } from "./commands/inspect.js";
import { planCommand } from "./commands/plan.js";
import { pruneCommand } from "./commands/prune.js";
import { verifyCommand } from "./commands/verify.js";
import { EXIT, EXIT_HELP, exitCodeOf, Finished } from "./exit-codes.js";
import { type CommandSession, openSession } from "./session.js";

const COMMANDS = [
  inspectCommand,
  pruneCommand,
  planCommand,
  applyCommand,
  benchCommand,
  diffCommand,
  verifyCommand,
  doctorCommand,
  explainCommand,
  demoCommand,
];

/** Runs the command line; sets the exit code of the process. */
export async function run(args: readonly string[]): Promise<void> {
  const json = args.includes("--json");
  const session = openSession(args, json);
  const program = buildProgram(() => session);
  try {
    await program.parseAsync([...args], { from: "user" });
    process.exitCode = EXIT.done;
  } catch (error) {
    session.progress.stop();
    process.exitCode = report(error, session);
  }
}

function report(error: unknown, { output, signal }: CommandSession): number {
  if (error instanceof Finished) return error.exitCode;
  if (error instanceof CommanderError) {
    // Help and version are no errors.
    if (error.exitCode === 0) return EXIT.done;
    // Without --json commander has said it already.
    if (output.json) output.error(new EspalierError("INVALID_OPTION", error.message.replace(/^error: /, "")));
    return EXIT.usage;
  }
  output.error(error);
  if (!isEspalierError(error) && process.env.ESPALIER_DEBUG) console.error(error);
  return signal.aborted ? EXIT.interrupted : exitCodeOf(error);
}

function buildProgram(session: () => CommandSession): Command {
  const program = new Command("espalier")
    .description("Prune ONNX models to the shape of the hardware they will run on.")
    .version(VERSION)
    .showSuggestionAfterError()
    .showHelpAfterError("(espalier --help lists the commands)")
    .exitOverride()
    .addHelpText("after", EXIT_HELP);
  for (const add of COMMANDS) add(program, session);
  for (const command of program.commands)
    command.option("--json", "one JSON document on stdout, on every exit").exitOverride();
  return program;
}
