// Parsers of option values. Bad values are usage errors: exit code 2.

import { resolve } from "node:path";
import type { Amount } from "@espalier/core";
import { InvalidArgumentError } from "commander";

export { collect, dimension, ratio } from "@espalier/deploy";

let standpoint: string | null = null;

/** Paths are meant from where the user stands, also behind `npm run`, or from where `--cwd` says. */
export function userPath(path: string): string {
  return resolve(standpoint ?? (process.env.INIT_CWD || process.cwd()), path);
}

/** Takes `--cwd`: everything that follows is meant from there. */
export function standIn(folder: string): void {
  standpoint = userPath(folder);
}

export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`Expected a whole number ≥ ${least}.`);
    return value;
  };
}

/** `12ms`, `0.5s`, or milliseconds. */
export function milliseconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s)?$/.exec(text);
  if (match === null) throw new InvalidArgumentError("Expected a time such as 12ms.");
  return Number(match[1]) * (match[2] === "s" ? 1000 : 1);
}

/** `2MB`, `500kB`, or bytes. */
export function byteCount(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(B|kB|MB|GB)?$/.exec(text);
  if (match === null) throw new InvalidArgumentError("Expected a size such as 2MB.");
  return Math.floor(Number(match[1]) * { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 }[match[2] ?? "B"]!);
}

/** What may stay of a cost: `0.5` or `50%` of the dense network's, or so much in its own unit, such as `12ms`. */
export function amount(unit: (text: string) => number, example: string): (text: string) => Amount {
  return (text) => {
    const percent = text.endsWith("%");
    const fraction = percent ? Number(text.slice(0, -1)) / 100 : Number(text);
    if (text.trim() !== "" && fraction > 0 && fraction <= 1) return fraction;
    if (!percent && !Number.isFinite(fraction)) {
      const absolute = unit(text);
      if (absolute > 0) return { absolute };
    }
    throw new InvalidArgumentError(`Expected what is kept: a fraction, such as 0.5 or 50%, or ${example}.`);
  };
}

/** `150M`, `1.5G`, `20k`: with a suffix, since a bare number is a fraction. */
export function thousands(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(k|M|G)$/.exec(text);
  if (match === null) throw new InvalidArgumentError("Expected a fraction, or a number such as 150M.");
  return Math.floor(Number(match[1]) * { k: 1e3, M: 1e6, G: 1e9 }[match[2] as "k"]);
}

/** A fraction above 0 and at most 1. */
export function fraction(text: string): number {
  const value = text.endsWith("%") ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (text.trim() === "" || !(value > 0 && value <= 1))
    throw new InvalidArgumentError("Expected 0 < fraction ≤ 1, such as 0.9 or 90%.");
  return value;
}

/** A step of widths, or "auto". */
export function stepOption(text: string): number | "auto" {
  return text === "auto" ? "auto" : wholeNumber(1)(text);
}
