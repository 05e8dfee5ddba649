// All ways to distribute columns over stripes of four that differ in what lies together.

export interface Distributions {
  /** Sets of four of the columns 0 … 4·stripes − 1: four entries each, ascending. */
  readonly sets: Uint8Array;
  /** One distribution after the other: `stripes` indices of sets. The first leaves all as they are. */
  readonly ways: Uint16Array;
}

/** 8 columns: 70 sets, 35 distributions (8!/(4!²·2!)); 12 columns: 495 sets, 5775 (12!/(4!³·3!)). */
export function distributions(stripes: number): Distributions {
  const size = stripes * 4;
  const sets: number[] = [];
  const indexOf = new Map<number, number>();
  for (let a = 0; a < size; a++)
    for (let b = a + 1; b < size; b++)
      for (let c = b + 1; c < size; c++)
        for (let d = c + 1; d < size; d++) {
          indexOf.set((1 << a) | (1 << b) | (1 << c) | (1 << d), sets.length / 4);
          sets.push(a, b, c, d);
        }
  const ways: number[] = [];
  // The lowest column that is left opens a stripe, so that every distribution comes once.
  const fill = (left: number, chosen: readonly number[]): void => {
    if (left === 0) {
      ways.push(...chosen);
      return;
    }
    const lowest = left & -left;
    for (const [mask, index] of indexOf)
      if ((mask & lowest) !== 0 && (mask & ~left) === 0) fill(left & ~mask, [...chosen, index]);
  };
  fill((1 << size) - 1, []);
  return { sets: Uint8Array.from(sets), ways: Uint16Array.from(ways) };
}
