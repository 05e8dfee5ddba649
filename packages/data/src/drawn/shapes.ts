// Drawn shapes: the built-in set of 32 × 32 colour images. Each is drawn from (seed, index) alone: one of ten outlines
// at a random place, size, proportion and angle, in a bright colour on a dark background that shades from one colour to
// another, with a line across it and noise. Colour and place say nothing about the class.

import { type Random, seededRandom } from "@espalier/core";
import { imageSet } from "../set/image-set.js";
import type { LabelledSet } from "../set/labelled-set.js";
import { type DrawnOptions, requireDrawn } from "./drawn-options.js";
import { between, grain } from "./noise.js";
import { OUTLINES, type Outline } from "./outlines.js";

const SIDE = 32;
const PLANE = SIDE * SIDE;
const SIZE = 3 * PLANE;
/** Turned by at most this, in radians. */
const MOST_TURN = Math.PI / 3;

type Colour = readonly [red: number, green: number, blue: number];

/** Sample `index` is shape index mod 10. @throws EspalierError `INVALID_OPTION` */
export function drawnShapes({ count, seed }: DrawnOptions): LabelledSet<"float32"> {
  requireDrawn(count, SIZE);
  const pixels = new Uint8Array(count * SIZE);
  for (let index = 0; index < count; index++) {
    const random = seededRandom(seed, `shape ${index}`);
    const outline = OUTLINES[index % OUTLINES.length] as Outline;
    drawShape(outline, random, pixels.subarray(index * SIZE, (index + 1) * SIZE));
  }
  return imageSet({
    name: `drawn shapes, ${count} of seed ${seed}`,
    classes: OUTLINES.map(({ name }) => name),
    channels: "RGB",
    width: SIDE,
    height: SIDE,
    pixels,
    labels: Uint8Array.from({ length: count }, (_, index) => index % OUTLINES.length),
    normalise: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
  });
}

function drawShape(outline: Outline, random: Random, image: Uint8Array): void {
  const near = colour(random, 0, 0.5);
  const far = colour(random, 0, 0.5);
  const clutter = colour(random, 0, 0.65);
  const paint = colour(random, 0.4, 1);
  const noise = between(random, 0.02, 0.12);
  const shade = direction(random);
  const shape = shapeCover(outline, random);
  const line = lineCover(random);
  const speckle = new Float64Array(3);
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      const at = y * SIDE + x;
      const mix = 0.5 + (shade[0] * (x - SIDE / 2) + shade[1] * (y - SIDE / 2)) / (1.5 * SIDE);
      const behind = line(x, y);
      const front = shape(x, y);
      grain(random, speckle);
      for (let c = 0; c < 3; c++) {
        const ground = (near[c] as number) + ((far[c] as number) - (near[c] as number)) * mix;
        const crossed = ground + ((clutter[c] as number) - ground) * behind;
        const value = crossed + ((paint[c] as number) - crossed) * front + noise * (speckle[c] as number);
        image[c * PLANE + at] = 255 * Math.min(1, Math.max(0, value)) + 0.5;
      }
    }
}

/** How much of each pixel the shape covers, from 0 to 1. */
function shapeCover(outline: Outline, random: Random): (x: number, y: number) => number {
  const radius = between(random, 7, 12);
  const stretch = between(random, 0.87, 1.15);
  const room = SIDE / 2 - radius;
  const [cx, cy] = [
    SIDE / 2 - 0.5 + between(random, -room, room),
    SIDE / 2 - 0.5 + between(random, -room, room),
  ];
  const turn = between(random, -MOST_TURN, MOST_TURN);
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  return (x, y) => {
    const dx = (x - cx) / radius;
    const dy = (y - cy) / radius;
    if (dx * dx + dy * dy > 1.8) return 0;
    const distance = outline.distance((cos * dx + sin * dy) * stretch, (cos * dy - sin * dx) / stretch);
    return Math.min(1, Math.max(0, 0.5 - distance * radius));
  };
}

/** A line across the image, behind the shape. */
function lineCover(random: Random): (x: number, y: number) => number {
  const [nx, ny] = direction(random);
  const offset = between(random, -12, 12);
  const half = between(random, 0.4, 1.6);
  return (x, y) => {
    const distance = Math.abs(nx * (x - SIDE / 2) + ny * (y - SIDE / 2) - offset) - half;
    return Math.min(1, Math.max(0, 0.5 - distance));
  };
}

function direction(random: Random): readonly [number, number] {
  const angle = between(random, 0, 2 * Math.PI);
  return [Math.cos(angle), Math.sin(angle)];
}

function colour(random: Random, darkest: number, brightest: number): Colour {
  return [
    between(random, darkest, brightest),
    between(random, darkest, brightest),
    between(random, darkest, brightest),
  ];
}
