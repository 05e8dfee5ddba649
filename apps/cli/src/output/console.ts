// Where a command writes: its result on stdout, everything else on stderr. One JSON document on every exit
// when asked for.

import { isEspalierError } from "@espalier/ir";

export interface Output {
  readonly json: boolean;
  readonly color: boolean;
  /** The result: `document` with --json, `text` otherwise. */
  result(text: string, document: object): void;
  /** A line for people, on stderr; nothing with --json. */
  note(line: string): void;
  error(error: unknown): void;
}

export function createOutput(json: boolean): Output {
  // A reader that closes the pipe (`| head`) has seen enough.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
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
      if (!json) process.stderr.write(`${line}\n`);
    },
    error: (error) => {
      if (json) print({ error: describe(error) });
      else process.stderr.write(`espalier: ${describe(error).message}\n`);
    },
  };
}

function useColor(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, CI } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR && FORCE_COLOR !== "0") return true;
  return stream.isTTY === true && !CI;
}

function describe(error: unknown): {
  code: string;
  message: string;
  context: object;
  unblock: string | null;
} {
  if (isEspalierError(error)) {
    return {
      code: error.code,
      message: error.message,
      context: error.context,
      unblock: error.context.unblock ?? null,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: "INTERNAL",
    message: `${message} (a defect in Espalier: please report it)`,
    context: {},
    unblock: null,
  };
}
