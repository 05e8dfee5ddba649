// How drawn digits vary. Ranges are [lowest, highest]; what is one number is the deviation of something normal.

export type Range = readonly [low: number, high: number];

export interface DigitStyle {
  /** Radians. */
  readonly turn: number;
  /** Pixels to the right for each pixel down, before stretching. */
  readonly slant: number;
  /** Pixels that the box of the strokes is wide and high. */
  readonly wide: Range;
  readonly high: Range;
  /** Pixels off the middle. */
  readonly shift: number;
  /** Of the points of the strokes, by the box. */
  readonly tremble: Range;
  /** Pixels. */
  readonly pen: Range;
  /** Grey values, of 1. */
  readonly paper: Range;
  readonly ink: Range;
  readonly noise: Range;
}

export type DigitStyleName = "varied" | "plain";

export const DIGIT_STYLES: Readonly<Record<DigitStyleName, DigitStyle>> = {
  varied: {
    turn: 0.22,
    slant: 0.2,
    wide: [10, 20],
    high: [13, 22],
    shift: 2,
    tremble: [0.01, 0.035],
    pen: [0.6, 1.7],
    paper: [0, 0.25],
    ink: [0.6, 1],
    noise: [0.03, 0.16],
  },
  // What the network of `espalier demo` was trained on.
  plain: {
    turn: 0.18,
    slant: 0.15,
    wide: [13, 19],
    high: [15, 21],
    shift: 1.6,
    tremble: [0.015, 0.015],
    pen: [0.7, 1.5],
    paper: [0, 0],
    ink: [1, 1],
    noise: [0.08, 0.08],
  },
};
