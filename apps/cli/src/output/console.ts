// Where a command writes: its result on stdout, everything else on stderr. One JSON document on every exit
// when asked for.

import { isEspalierError } from "@espalier/ir";
import { printable } from "./table.js";

export interface Output {
  readonly json: boolean;
  readonly color: boolean;
  /** The result: `document` with --json, `text` otherwise. */
  result(text: string, document: object): void;
  /** A line for people, on stderr. */
  note(line: string): void;
  error(error: unknown): void;
}

export function createOutput(json: boolean): Output {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", onStreamError);
  const print = (document: object): void => {
    process.stdout.write(`${JSON.stringify({ schemaVersion: 1, ...document }, null, 2)}\n`);
  };
  return {
    json,
    color: useColor(process.stdout),
    result: (text, document) => {
      if (json) print(document);
      else process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
    },
    note: (line) => {
      process.stderr.write(`${line}\n`);
    },
    error: (error) => {
      const { code, message, context, unblock } = describe(error);
      if (json) print({ error: { code, message, context, unblock } });
      else process.stderr.write(`espalier: ${message}\n`);
    },
  };
}

/** https://no-color.org and https://force-color.org; `CI` and pipes mean no. */
export function useColor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return stream.isTTY === true && !env.CI && env.TERM !== "dumb";
}

/** A reader that closes the pipe (`| head`) has seen enough; a full disk behind stdout is an error. */
function onStreamError(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") return;
  process.exitCode = 1;
  process.once("beforeExit", () => {
    process.exitCode = 1;
  });
  if (error.syscall === "write")
    process.stderr.write(`espalier: the output cannot be written: ${error.code}\n`);
}

function describe(error: unknown): {
  code: string;
  message: string;
  context: object;
  unblock: string | null;
} {
  if (isEspalierError(error)) {
    const { code, message, context } = error;
    return { code, message, context, unblock: context.unblock ?? null };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: "INTERNAL",
    message: `${printable(message)} (a defect in Espalier: please report it)`,
    context: {},
    unblock: null,
  };
}
