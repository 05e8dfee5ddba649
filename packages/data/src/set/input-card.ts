// The input card (docs/hugging-face.md) that says how others make an image what this set's images are.

import type { ImageInput, LabelledSet } from "./labelled-set.js";

export interface SetCard {
  readonly inputs: readonly (Partial<ImageInput> & {
    readonly name: string;
    readonly resize?: { readonly width: number; readonly height: number };
  })[];
  readonly outputs: readonly { readonly name: string; readonly kind: "logits" }[];
  readonly labels: readonly string[];
}

/** The card of a network that was trained on `set`, by the names of its input and output. */
export function setCard(set: LabelledSet, input: string, output: string): SetCard {
  const [, height, width] = set.input.shape;
  const isImage = set.image !== null && height !== undefined && width !== undefined;
  return {
    inputs: [isImage ? { name: input, ...set.image, resize: { width, height } } : { name: input }],
    outputs: [{ name: output, kind: "logits" }],
    labels: set.classes,
  };
}
