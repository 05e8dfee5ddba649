// Puts the commands together and turns every end into an exit code.

import { VERSION } from "@espalier/core";
import { EXIT, exitCodeOf } from "@espalier/deploy";
import { EspalierError, isEspalierError } from "@espalier/ir";
import { Command, CommanderError } from "commander";
import { adviseCommand } from "./commands/advise.js";
import { applyCommand } from "./commands/apply.js";
import { benchCommand } from "./commands/bench.js";
import { costTableCommand } from "./commands/cost-table.js";
import { demoCommand } from "./commands/demo.js";
import { diffCommand } from "./commands/diff.js";
import { doctorCommand } from "./commands/doctor.js";
import { explainCommand } from "./commands/explain.js";
import { finetuneCommand } from "./commands/finetune.js";
import { inspectCommand } from "./commands/inspect.js";
import { planCommand } from "./commands/plan.js";
import { probeCommand } from "./commands/probe.js";
import { pruneCommand } from "./commands/prune.js";
import { sensitivityCommand } from "./commands/sensitivity.js";
import { verifyCommand } from "./commands/verify.js";
import { EXIT_HELP, Finished } from "./exit-codes.js";
import { standIn, wholeNumber } from "./options/values.js";
import { type CommandSession, openSession } from "./session.js";

const COMMANDS = [
  inspectCommand,
  adviseCommand,
  sensitivityCommand,
  probeCommand,
  costTableCommand,
  pruneCommand,
  planCommand,
  applyCommand,
  finetuneCommand,
  benchCommand,
  diffCommand,
  verifyCommand,
  doctorCommand,
  explainCommand,
  demoCommand,
];

/** Runs the command line; sets the exit code of the process. */
export async function run(args: readonly string[]): Promise<void> {
  const end = args.indexOf("--");
  const json = (end < 0 ? args : args.slice(0, end)).includes("--json");
  const session = openSession(args, json);
  const program = buildProgram(session);
  try {
    await program.parseAsync([...args], { from: "user" });
    process.exitCode ??= EXIT.done;
  } catch (error) {
    session.progress.stop();
    process.exitCode = report(error, session);
  } finally {
    await session.close();
  }
}

function report(error: unknown, { output, signal }: CommandSession): number {
  if (error instanceof Finished) return error.exitCode;
  if (error instanceof CommanderError) {
    // Help and version are no errors.
    if (error.exitCode === 0) return EXIT.done;
    // Without --json commander has said it already.
    if (output.json) output.error(usageError(error));
    return EXIT.usage;
  }
  if (signal.aborted) {
    const interrupted = new EspalierError(
      "ABORTED",
      "Interrupted; nothing was written",
      {},
      { cause: error },
    );
    output.error(interrupted);
    return EXIT.interrupted;
  }
  output.error(error);
  if (!isEspalierError(error) && process.env.ESPALIER_DEBUG) console.error(error);
  return exitCodeOf(error);
}

function usageError({ message, code }: CommanderError): EspalierError {
  const what = code === "commander.help" ? "No command was given" : message.replace(/^error: /, "");
  return new EspalierError("INVALID_OPTION", what, { unblock: "espalier --help lists the commands." });
}

function buildProgram(session: CommandSession): Command {
  const { output } = session;
  const program = new Command("espalier")
    .description("Prune ONNX models to the shape of the hardware they will run on.")
    .version(VERSION)
    .option("--json", "one JSON document on stdout, on every exit")
    .showSuggestionAfterError()
    .showHelpAfterError("(espalier --help lists the commands)")
    .exitOverride()
    .configureOutput({
      // Help and version are results, too.
      writeOut: (text) => output.result(text, { text }),
    })
    .addHelpText("after", EXIT_HELP);
  for (const add of COMMANDS) add(program, () => session);
  for (const command of program.commands) {
    command.option("--json", "one JSON document on stdout, on every exit");
    command.option("--cwd <dir>", "folder that paths are meant from");
    if (!command.options.some(({ long }) => long === "--seed"))
      command.option("--seed <n>", "seed of everything random", wholeNumber(0), 1);
  }
  program.hook("preAction", (_, command) => {
    const { cwd } = command.opts<{ cwd?: string }>();
    if (cwd !== undefined) standIn(cwd);
  });
  return program;
}
