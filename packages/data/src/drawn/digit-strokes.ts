// The ten digits as pen strokes: polylines in a box from (0, 0) to (1, 1), y downwards; arcs as 16 points.

export type Point = readonly [x: number, y: number];
export type Stroke = readonly Point[];

const ARC_POINTS = 16;

/** Part of an ellipse, from one angle to another in degrees; 0 is right, 90 is down. */
function arc(cx: number, cy: number, rx: number, ry: number, start: number, end: number): Stroke {
  return Array.from({ length: ARC_POINTS }, (_, i) => {
    const angle = ((start + ((end - start) * i) / (ARC_POINTS - 1)) * Math.PI) / 180;
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)];
  });
}

/** By digit. */
export const DIGIT_STROKES: readonly (readonly Stroke[])[] = [
  [arc(0.5, 0.5, 0.32, 0.45, 0, 360)],
  [
    [
      [0.35, 0.25],
      [0.55, 0.05],
      [0.55, 0.95],
    ],
  ],
  [[...arc(0.5, 0.3, 0.3, 0.25, 180, 360), [0.8, 0.35], [0.2, 0.95], [0.82, 0.95]]],
  [arc(0.45, 0.28, 0.3, 0.23, 200, 450), arc(0.45, 0.72, 0.33, 0.23, 270, 520)],
  [
    [
      [0.65, 0.95],
      [0.65, 0.05],
      [0.18, 0.65],
      [0.85, 0.65],
    ],
  ],
  [[[0.78, 0.05], [0.28, 0.05], [0.25, 0.45], ...arc(0.48, 0.67, 0.3, 0.27, 230, 500)]],
  [[[0.7, 0.05], [0.3, 0.5], ...arc(0.5, 0.68, 0.28, 0.26, 200, 560)]],
  [
    [
      [0.18, 0.06],
      [0.82, 0.06],
      [0.42, 0.95],
    ],
  ],
  [arc(0.5, 0.28, 0.25, 0.22, 0, 360), arc(0.5, 0.73, 0.3, 0.23, 0, 360)],
  [[...arc(0.5, 0.32, 0.28, 0.26, -20, 340), [0.76, 0.35], [0.68, 0.95]]],
];
