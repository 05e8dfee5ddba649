// Where in a model reading or writing is. Kept as a stack and put into words only for an error.

import { type ErrorCode, EspalierError } from "@espalier/ir";

export class Location {
  readonly #steps: (string | number)[] = [];

  enter(step: string | number): void {
    this.#steps.push(step);
  }

  leave(): void {
    this.#steps.pop();
  }

  /** `subgraphs[0].tensors[3].shape`; "the file" at the top. */
  toString(): string {
    let text = "";
    for (const step of this.#steps)
      text += typeof step === "number" ? `[${step}]` : text === "" ? step : `.${step}`;
    return text === "" ? "the file" : text;
  }

  error(code: ErrorCode, what: string, expected: string, found: string, unblock?: string): EspalierError {
    return refusal(code, what, this.toString(), expected, found, unblock);
  }
}

/** An error with all that its reader needs. */
export function refusal(
  code: ErrorCode,
  what: string,
  where: string,
  expected: string,
  found: string,
  unblock?: string,
): EspalierError {
  return new EspalierError(code, what, {
    where,
    expected,
    found,
    ...(unblock === undefined ? {} : { unblock }),
  });
}
