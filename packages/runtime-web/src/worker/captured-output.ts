// What the engine prints. It keeps the console's function that it finds when it is loaded, so the function is
// exchanged before that; all output is passed on but what is asked for.

export interface CapturedOutput {
  /** The lines that `work` prints, which are kept from the console. */
  during(work: () => void): readonly string[];
}

/** Exchanges `console.log` of this worker. */
export function captureOutput(): CapturedOutput {
  const { console } = globalThis;
  const log = console.log.bind(console);
  let lines: string[] | null = null;
  console.log = (...values: unknown[]) => {
    if (lines === null) log(...values);
    else lines.push(values.join(" "));
  };
  return {
    during(work) {
      lines = [];
      try {
        work();
        return lines;
      } finally {
        lines = null;
      }
    },
  };
}
