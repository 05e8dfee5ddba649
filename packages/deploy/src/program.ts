// Puts the commands of a deploy program together and turns every end into an exit code.

import { VERSION } from "@espalier/core";
import { isEspalierError, quoteName } from "@espalier/ir";
import { Command, CommanderError } from "commander";
import { EXIT, exitCodeOf } from "./exit-codes.js";

const EXIT_HELP = `
Exit codes
  0    done; a server that was stopped with SIGTERM or SIGINT and has finished what was in flight
  1    an error in the program or of the machine
  2    unusable arguments or outputs
  3    the input is not a usable model or folder
  4    nothing could be pruned as asked, or the model does not run
  130  interrupted; nothing half-written`;

/** How long an interrupted command may take to clear up. */
const GRACE_MS = 10_000;

/** One run of a program. */
export interface Invocation {
  /** Aborted by SIGINT, SIGTERM, SIGHUP: nothing half-written. `serve` has its own way to stop. */
  readonly signal: AbortSignal;
  readonly commandLine: readonly string[];
  /** A line for people, on stderr. */
  note(line: string): void;
}

export interface DeployProgram {
  readonly name: string;
  readonly description: string;
  readonly commands: readonly ((program: Command, invocation: Invocation) => void)[];
}

/** Runs the command line; sets the exit code of the process. */
export async function runProgram(which: DeployProgram, args: readonly string[]): Promise<void> {
  const abort = new AbortController();
  const interrupt = (): void => {
    if (abort.signal.aborted) process.exit(EXIT.interrupted);
    abort.abort();
    setTimeout(() => process.exit(EXIT.interrupted), GRACE_MS).unref();
  };
  if (args[0] !== "serve")
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
  const program = buildProgram(which, {
    signal: abort.signal,
    commandLine: [which.name, ...args],
    note: (line) => process.stderr.write(`${line}\n`),
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    process.exitCode ??= EXIT.done;
  } catch (error) {
    process.exitCode = abort.signal.aborted ? EXIT.interrupted : report(which.name, error);
  }
}

function report(name: string, error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage; // it has said it
  const message = error instanceof Error ? error.message : String(error);
  const shown = isEspalierError(error)
    ? message
    : `${quoteName(message)} (a defect in Espalier: please report it)`;
  process.stderr.write(`${name}: ${shown}\n`);
  if (!isEspalierError(error) && process.env.ESPALIER_DEBUG && error instanceof Error)
    process.stderr.write(`${error.stack}\n`);
  return exitCodeOf(error);
}

function buildProgram({ name, description, commands }: DeployProgram, invocation: Invocation): Command {
  const program = new Command(name)
    .description(description)
    .version(VERSION)
    .showSuggestionAfterError()
    .showHelpAfterError(`(${name} --help lists the commands)`)
    .exitOverride()
    .addHelpText("after", EXIT_HELP);
  for (const add of commands) add(program, invocation);
  return program;
}
