// Parsers of option values. Bad values are usage errors.

import { resolve } from "node:path";
import type { Amount } from "@espalier/core";
import { InvalidArgumentError } from "commander";

/** Paths are meant from where the user stands, also behind `npm run`. */
export function userPath(path: string): string {
  return resolve(process.env.INIT_CWD || process.cwd(), path);
}

export function wholeNumber(least: number, most: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isSafeInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
    return value;
  };
}

export function ratio(text: string): number {
  const value = text.endsWith("%") ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (text.trim() === "" || !(value >= 0 && value < 1))
    throw new InvalidArgumentError("Expected 0 ≤ ratio < 1, such as 0.3 or 30%.");
  return value;
}

/** What is kept of a cost: `0.5`, `50%`, or an amount with one of these units, such as `12ms`. */
export function amount(units: Readonly<Record<string, number>>, example: string): (text: string) => Amount {
  return (text) => {
    const [, digits = "", unit = ""] = /^(\d+(?:\.\d+)?)([a-zA-Z%]*)$/.exec(text) ?? [];
    const fraction = unit === "%" ? Number(digits) / 100 : Number(digits);
    if (digits !== "" && (unit === "" || unit === "%") && fraction > 0 && fraction <= 1) return fraction;
    const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
    if (factor !== undefined && Number(digits) > 0) return { absolute: Number(digits) * factor };
    throw new InvalidArgumentError(`Expected what is kept: a fraction, such as 0.5 or 50%, or ${example}.`);
  };
}

/** Repeatable `NAME=VALUE`. */
export function dimension(text: string, known: Record<string, number> = {}): Record<string, number> {
  const at = text.lastIndexOf("=");
  const size = Number(text.slice(at + 1));
  if (at < 1 || !Number.isSafeInteger(size) || size < 1)
    throw new InvalidArgumentError("Expected NAME=VALUE, such as batch=1 or input:2=48.");
  return { ...known, [text.slice(0, at)]: size };
}

/** Repeatable text. */
export function collect(text: string, known: readonly string[] = []): string[] {
  return [...known, text];
}
