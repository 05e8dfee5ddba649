// How many elements a tensor of known sizes has.

/** 1 for no axes at all. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((all, size) => all * size, 1);
}
