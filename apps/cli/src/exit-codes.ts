// How a command of `espalier` ends. Which error has which number stands in @espalier/deploy, for all programs.

export const EXIT_HELP = `
Exit codes
  0    done
  1    an error in the program, or a claim that verify found false
  2    unusable arguments or outputs
  3    the input is not a usable model
  4    nothing could be pruned as asked (receipt and report say why), or the model does not run
  5    verify could not check everything
  6    written, but --max-latency or --max-size was missed
  130  interrupted; nothing half-written`;

/** Thrown by commands to end with a code after their output is written. */
export class Finished extends Error {
  readonly exitCode: number;
  constructor(exitCode: number) {
    super(`exit ${exitCode}`);
    this.exitCode = exitCode;
  }
}
