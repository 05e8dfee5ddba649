// Squarified treemap: rectangles whose areas are the values, as square as a greedy row filling makes them.
//
// Source: Bruls, Huizing, van Wijk 2000, "Squarified Treemaps", §3.

export interface TreemapCell<T> {
  readonly item: T;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Cells for `items`, largest first; items without area are left out. */
export function squarify<T>(
  items: readonly T[],
  areaOf: (item: T) => number,
  width: number,
  height: number,
): TreemapCell<T>[] {
  const rest = items.map((item) => ({ item, value: areaOf(item) })).filter(({ value }) => value > 0);
  rest.sort((a, b) => b.value - a.value);
  const total = rest.reduce((sum, { value }) => sum + value, 0);
  const scale = (width * height) / total;
  const cells: TreemapCell<T>[] = [];
  let [x, y, w, h] = [0, 0, width, height];
  for (let start = 0; start < rest.length; ) {
    const side = Math.min(w, h);
    let end = start + 1;
    let area = (rest[start] as { value: number }).value * scale;
    let worst = worstRatio(rest, start, end, scale, area, side);
    while (end < rest.length) {
      const next = area + (rest[end] as { value: number }).value * scale;
      const ratio = worstRatio(rest, start, end + 1, scale, next, side);
      if (ratio > worst) break;
      [area, worst, end] = [next, ratio, end + 1];
    }
    const thickness = area / side;
    let along = 0;
    for (const { item, value } of rest.slice(start, end)) {
      const length = (value * scale) / thickness;
      cells.push(
        w >= h
          ? { item, x, y: y + along, width: thickness, height: length }
          : { item, x: x + along, y, width: length, height: thickness },
      );
      along += length;
    }
    if (w >= h) [x, w] = [x + thickness, w - thickness];
    else [y, h] = [y + thickness, h - thickness];
    start = end;
  }
  return cells;
}

/** Of the row's rectangles the longest side ratio; values fall, so the ends decide. */
function worstRatio(
  rest: readonly { readonly value: number }[],
  start: number,
  end: number,
  scale: number,
  area: number,
  side: number,
): number {
  const largest = (rest[start] as { value: number }).value * scale;
  const smallest = (rest[end - 1] as { value: number }).value * scale;
  return Math.max((side ** 2 * largest) / area ** 2, area ** 2 / (side ** 2 * smallest));
}
