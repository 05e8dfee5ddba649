// What is assumed of a network that came without an input card: that its one input is an image, if it looks like one.

import type { Subject } from "@espalier/core";
import type { InputCard } from "@espalier/interchange";
import { DataType } from "@espalier/ir";

/** Smaller than this is no image. */
const LEAST_SIDE = 8;

/** Pixels from 0 to 1, stretched to the size of the input; null when it does not look like an image. */
export function assumedCard({ model, boundFacts }: Subject): InputCard | null {
  const inputs = model.graph.inputs.filter(({ initializer }) => initializer === null);
  const [input, second] = inputs;
  if (input === undefined || second !== undefined) return null;
  if (boundFacts.dataType(input) !== DataType.FLOAT) return null;
  const [batch, ...rest] = boundFacts.shape(input) ?? [];
  if (batch !== 1 || rest.length !== 3) return null;
  const [a, b, c] = rest.map((dim) => (typeof dim === "number" ? dim : 0)) as [number, number, number];
  const channels = { 1: "grey", 3: "RGB" } as const;
  const image = (count: number, layout: "NCHW" | "NHWC", height: number, width: number): InputCard | null =>
    (count === 1 || count === 3) && height >= LEAST_SIDE && width >= LEAST_SIDE
      ? { inputs: [{ name: input.name, layout, channels: channels[count], resize: { width, height } }] }
      : null;
  return image(a, "NCHW", b, c) ?? image(c, "NHWC", a, b);
}
