// Element masks: which single weights stay. A mask removes nothing from the file of a dense runtime; it is what
// unstructured pruning trains under.

/** Weights by name, row-major. */
export type MaskWeights = ReadonlyMap<string, Float32Array>;

/** By name of a weight: 1 where an entry stays, 0 where it is zero. */
export type Masks = ReadonlyMap<string, Uint8Array>;

/** Makes masks smaller: what was zero stays zero. Pure: the same weights and masks give the same masks. */
export interface MaskRule {
  readonly name: string;
  /** @param masks those of now, for all weights that the rule may mask */
  apply(weights: MaskWeights, masks: Masks): Masks;
}

/** How many entries masks keep, and of how many. */
export function keptEntries(masks: Masks): { readonly kept: number; readonly all: number } {
  let [kept, all] = [0, 0];
  for (const mask of masks.values()) {
    all += mask.length;
    for (const keep of mask) kept += keep;
  }
  return { kept, all };
}

/** @throws Error where no weight has the mask's name and length */
export function maskedWeights(weights: MaskWeights, name: string, mask: Uint8Array): Float32Array {
  const values = weights.get(name);
  if (values?.length !== mask.length) throw new Error(`mask ${name} fits no weight`);
  return values;
}
