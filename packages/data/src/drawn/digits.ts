// Drawn digits: the built-in set of 28 × 28 grey images. Each is drawn from (seed, index) alone: strokes with trembling
// points under a random affine map, a pen of random width, a random grey for ink and paper, and noise. White on black, as MNIST.

import { type Random, seededRandom } from "@espalier/core";
import { imageSet } from "../set/image-set.js";
import type { LabelledSet } from "../set/labelled-set.js";
import { DIGIT_STROKES, type Point, type Stroke } from "./digit-strokes.js";
import { DIGIT_STYLES, type DigitStyle, type DigitStyleName } from "./digit-style.js";
import { type DrawnOptions, requireDrawn } from "./drawn-options.js";
import { bell, between } from "./noise.js";

const SIDE = 28;
const PLANE = SIDE * SIDE;
/** Ink ends this many pen widths from the middle of a stroke; between 0.2 and this it fades. */
const REACH = 1.2;

export interface DigitOptions extends DrawnOptions {
  /** "plain" digits are so alike that any small network reads them all. @default "varied" */
  readonly style?: DigitStyleName;
}

/** Sample `index` is a digit index mod 10. @throws EspalierError `INVALID_OPTION` */
export function drawnDigits({ count, seed, style = "varied" }: DigitOptions): LabelledSet<"float32"> {
  requireDrawn(count, PLANE);
  const pixels = new Uint8Array(count * PLANE);
  const distances = new Float64Array(PLANE);
  for (let index = 0; index < count; index++) {
    const random = seededRandom(seed, `digit ${index}`);
    const image = pixels.subarray(index * PLANE, (index + 1) * PLANE);
    drawDigit(DIGIT_STROKES[index % 10] as readonly Stroke[], DIGIT_STYLES[style], random, image, distances);
  }
  return imageSet({
    name: `${style === "varied" ? "" : `${style} `}drawn digits, ${count} of seed ${seed}`,
    classes: DIGIT_STROKES.map((_, digit) => String(digit)),
    channels: "grey",
    width: SIDE,
    height: SIDE,
    pixels,
    labels: Uint8Array.from({ length: count }, (_, index) => index % 10),
  });
}

function drawDigit(
  strokes: readonly Stroke[],
  style: DigitStyle,
  random: Random,
  image: Uint8Array,
  distances: Float64Array,
): void {
  const place = affineMap(style, random);
  const tremble = between(random, ...style.tremble);
  const pen = between(random, ...style.pen);
  const paper = between(random, ...style.paper);
  const ink = between(random, ...style.ink);
  const noise = between(random, ...style.noise);
  distances.fill((REACH * pen) ** 2);
  for (const stroke of strokes) {
    let from: Point | null = null;
    for (const [x, y] of stroke) {
      const to = place(x - 0.5 + tremble * bell(random), y - 0.5 + tremble * bell(random));
      if (from !== null) nearSegment(from, to, REACH * pen, distances);
      from = to;
    }
  }
  for (let at = 0; at < PLANE; at++) {
    const cover = Math.min(1, REACH - Math.sqrt(distances[at] as number) / pen);
    const value = paper + (ink - paper) * cover + noise * bell(random);
    image[at] = 255 * Math.min(1, Math.max(0, value)) + 0.5;
  }
}

/** From the box round 0 to pixels: scaled, slanted, turned, shifted. */
function affineMap(style: DigitStyle, random: Random): (x: number, y: number) => Point {
  const angle = style.turn * bell(random);
  const slant = style.slant * bell(random);
  const wide = between(random, ...style.wide);
  const high = between(random, ...style.high);
  const right = SIDE / 2 + style.shift * bell(random);
  const down = SIDE / 2 + style.shift * bell(random);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return (x, y) => [wide * (cos * x - sin * y + slant * y) + right, high * (sin * x + cos * y) + down];
}

/** Lowers the squared distances of the pixels within `reach` of a segment. */
function nearSegment([x0, y0]: Point, [x1, y1]: Point, reach: number, distances: Float64Array): void {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const scale = 1 / Math.max(dx * dx + dy * dy, 1e-6);
  const left = Math.max(0, Math.ceil(Math.min(x0, x1) - reach));
  const right = Math.min(SIDE - 1, Math.floor(Math.max(x0, x1) + reach));
  const top = Math.max(0, Math.ceil(Math.min(y0, y1) - reach));
  const bottom = Math.min(SIDE - 1, Math.floor(Math.max(y0, y1) + reach));
  for (let y = top; y <= bottom; y++)
    for (let x = left; x <= right; x++) {
      const along = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) * scale));
      const ox = x - x0 - along * dx;
      const oy = y - y0 - along * dy;
      const squared = ox * ox + oy * oy;
      if (squared < (distances[y * SIDE + x] as number)) distances[y * SIDE + x] = squared;
    }
}
