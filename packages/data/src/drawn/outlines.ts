// Ten shapes as signed distances: negative inside, 0 on the outline, in units of the radius of the circle round them.
// Every one of them stays itself however it is turned.

type Point = readonly [x: number, y: number];

export interface Outline {
  readonly name: string;
  distance(x: number, y: number): number;
}

/** Corners at `count` angles, with radii that take turns. */
function corners(count: number, radii: readonly number[]): readonly Point[] {
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count;
    const radius = radii[i % radii.length] as number;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/** Distance to the nearest edge, negative where an odd number of edges lies to the right. */
function polygon(name: string, points: readonly Point[]): Outline {
  const count = points.length;
  const xs = Float64Array.from(points, ([x]) => x);
  const ys = Float64Array.from(points, ([, y]) => y);
  return {
    name,
    distance: (x, y) => {
      let nearest = Number.POSITIVE_INFINITY;
      let inside = false;
      for (let i = 0, j = count - 1; i < count; j = i, i++) {
        const ex = (xs[i] as number) - (xs[j] as number);
        const ey = (ys[i] as number) - (ys[j] as number);
        const px = x - (xs[j] as number);
        const py = y - (ys[j] as number);
        const along = Math.min(1, Math.max(0, (px * ex + py * ey) / (ex * ex + ey * ey)));
        const ox = px - along * ex;
        const oy = py - along * ey;
        nearest = Math.min(nearest, ox * ox + oy * oy);
        if (py < 0 !== py < ey && px < (ex * py) / ey) inside = !inside;
      }
      return inside ? -Math.sqrt(nearest) : Math.sqrt(nearest);
    },
  };
}

function disc(x: number, y: number, cx: number, radius: number): number {
  return Math.sqrt((x - cx) ** 2 + y * y) - radius;
}

/** Mirrored along both axes: a quarter is enough. */
function mirrored(quarter: readonly Point[]): readonly Point[] {
  const back = [...quarter].reverse();
  return [
    ...quarter,
    ...back.map(([x, y]) => [-x, y] as const),
    ...quarter.map(([x, y]) => [-x, -y] as const),
    ...back.map(([x, y]) => [x, -y] as const),
  ];
}

/** By class. */
export const OUTLINES: readonly Outline[] = [
  { name: "circle", distance: (x, y) => disc(x, y, 0, 0.9) },
  { name: "ring", distance: (x, y) => Math.abs(disc(x, y, 0, 0.74)) - 0.24 },
  { name: "half disc", distance: (x, y) => Math.max(disc(x, y + 0.4, 0, 1), -(y + 0.4)) },
  { name: "crescent", distance: (x, y) => Math.max(disc(x, y, 0, 0.95), -disc(x, y, 0.5, 0.75)) },
  polygon("triangle", corners(3, [1])),
  polygon("square", corners(4, [1])),
  polygon("bar", mirrored([[1, 0.3]])),
  polygon(
    "cross",
    mirrored([
      [1, 0.3],
      [0.3, 0.3],
      [0.3, 1],
    ]),
  ),
  polygon("star", corners(10, [1, 0.42])),
  polygon("arrow", [
    [1, 0],
    [0.1, 0.8],
    [0.1, 0.28],
    [-0.95, 0.28],
    [-0.95, -0.28],
    [0.1, -0.28],
    [0.1, -0.8],
  ]),
];
