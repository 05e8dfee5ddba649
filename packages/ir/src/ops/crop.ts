// Crop, experimental before opset 10, as converters from Core ML write it: cuts a frame off the image.

import { addDims } from "../dim.js";
import type { Value } from "../graph/value.js";
import { intsOf, invalidNode, requireInput, requireOutput } from "./attributes.js";
import { defineOp, type OpDefinition } from "./definition.js";

/** x [N, C, H, W]. */
export interface CropView {
  readonly x: Value;
  readonly y: Value;
  /** Left, top, right, bottom. */
  readonly border: readonly number[];
  /** Height and width kept from the left top corner on; null where right and bottom say it. */
  readonly scale: readonly number[] | null;
}

export const crop: OpDefinition<CropView> = defineOp({
  domain: "",
  opType: "Crop",
  view: (node) => {
    const border = intsOf(node, "border");
    if (border?.length !== 4)
      throw invalidNode(node, 'four entries in "border"', String(border?.length ?? 0));
    return { x: requireInput(node, 0), y: requireOutput(node, 0), border, scale: intsOf(node, "scale") };
  },
  raise: ({ x, y, border, scale }, _, form) => {
    const [left = 0, top = 0, right = 0, bottom = 0] = border;
    const [height, width] = scale ?? [];
    const end = (from: number, size: number | undefined, cut: number): number =>
      size !== undefined ? from + size : cut === 0 ? Number.MAX_SAFE_INTEGER : -cut;
    const ends = [end(top, height, bottom), end(left, width, right)];
    form.replace(y, form.op("Slice", [x, form.ints([top, left]), form.ints(ends), form.ints([2, 3])]));
  },
  infer: ({ x, border, scale }, facts) => {
    const [n, c, h, w] = facts.shape(x) ?? [];
    const dataType = facts.dataType(x);
    if (n === undefined || c === undefined || h === undefined || w === undefined)
      return [{ dataType, shape: null }];
    const [left = 0, top = 0, right = 0, bottom = 0] = border;
    const [height, width] = scale ?? [];
    return [
      {
        dataType,
        shape: [n, c, height ?? addDims(h, -(top + bottom)), width ?? addDims(w, -(left + right))],
      },
    ];
  },
});
