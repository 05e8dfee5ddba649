// What all networks take, and the check that it makes sense.

import { EspalierError } from "@espalier/ir";

export interface NetworkOptions {
  /** Same seed, same bytes. @default 1 */
  readonly seed?: number;
  /** Classes told apart. */
  readonly classes?: number;
}

export interface ConvolutionalOptions extends NetworkOptions {
  /** Times the paper's channels, in every layer. @default 1 */
  readonly width?: number;
}

export interface ResolutionOptions {
  /** Height and width of the input in pixels. @default 224 */
  readonly resolution?: number;
}

export interface DropoutOptions {
  /** Ratio of the Dropout layers; 0 leaves them out. @default 0 */
  readonly dropout?: number;
}

/**
 * @throws EspalierError `INVALID_OPTION` when one of `numbers` is not a positive whole number
 */
export function checkCounts(numbers: Readonly<Record<string, number>>): void {
  for (const [where, value] of Object.entries(numbers)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw invalid(where, "a positive whole number", value);
    }
  }
}

/** @throws EspalierError `INVALID_OPTION` */
export function checkSeed(seed: number): void {
  if (!Number.isSafeInteger(seed)) throw invalid("seed", "a whole number", seed);
}

/** @throws EspalierError `INVALID_OPTION` when `dropout` is not in [0, 1) */
export function checkDropout(dropout: number): void {
  if (!(dropout >= 0 && dropout < 1)) throw invalid("dropout", "a number in [0, 1)", dropout);
}

/** `channels` times `width`, rounded, at least 1. */
export function scaledChannels(channels: number, width: number): number {
  checkWidth(width);
  return Math.max(1, Math.round(channels * width));
}

/**
 * `channels` times `width`, rounded to a multiple of `divisor`, but never more than a tenth below.
 * Source: Sandler et al. 2018, "MobileNetV2", arXiv:1801.04381; the rule is in the authors' code.
 */
export function divisibleChannels(channels: number, width: number, divisor = 8): number {
  checkWidth(width);
  const wanted = channels * width;
  const rounded = Math.max(divisor, Math.floor((wanted + divisor / 2) / divisor) * divisor);
  return rounded < 0.9 * wanted ? rounded + divisor : rounded;
}

function checkWidth(width: number): void {
  if (!(width > 0 && width <= 64)) throw invalid("width", "a number above 0, at most 64", width);
}

export function invalid(where: string, expected: string, found: unknown): EspalierError {
  return new EspalierError("INVALID_OPTION", "An option of a network makes no sense", {
    where,
    expected,
    found: String(found),
  });
}
