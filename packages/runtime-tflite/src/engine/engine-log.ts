// What the interpreter prints: kept for the message of a failure, which by itself often says nothing ("Can't initialize
// model"), and as the failure itself, since LiteRT goes on after some with outputs that nothing was written to.
// Everything else it prints is dropped.

const KEPT_LINES = 8;
const TELLING = /error|fail|didn't find|unresolved|not supported|unsupported|cannot|invalid/i;
const ERROR = /^ERROR\b/;

export class EngineLog {
  #lines: string[] = [];

  /** For Emscripten's `print` and `printErr`. */
  readonly print = (line: unknown): void => {
    const text = String(line);
    if (TELLING.test(text)) this.#lines = [...this.#lines, text].slice(-KEPT_LINES);
  };

  clear(): void {
    this.#lines = [];
  }

  /** @throws Error where an error was printed since the log was cleared */
  requireNoError(): void {
    if (this.#lines.some((line) => ERROR.test(line))) throw new Error("the interpreter failed");
  }

  /** The failure with the lines that were printed. */
  explain(error: unknown): Error {
    const message = error instanceof Error ? error.message : String(error);
    const said = this.#lines.filter((line) => !message.includes(line));
    return new Error([message, ...said].join("; "), { cause: error });
  }
}
