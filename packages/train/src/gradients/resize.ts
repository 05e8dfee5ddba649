// Resize, and Upsample before it: interpolation along one axis after the other.

import {
  type OpDefinition,
  type ResizeView,
  resize as resizeDefinition,
  upsample as upsampleDefinition,
} from "@espalier/ir";
import { defineGradient, type GradientRule } from "./gradient-rule.js";
import { interpolation } from "./interpolation.js";
import { noGradientOf } from "./refusal.js";
import { giveTransposed } from "./separable.js";

/** Every element of x gets ∂y by the shares that it has in y. */
const resized = (definition: OpDefinition<ResizeView>): GradientRule<ResizeView> =>
  defineGradient({
    definition,
    backward: (view, ctx) => {
      const { x, y, scales } = view;
      if (view.antialias) throw noGradientOf(y, "antialias = 1");
      if (view.keepsAspectRatio) throw noGradientOf(y, "sizes that keep the aspect ratio");
      if (view.coordinates === "tf_crop_and_resize") throw noGradientOf(y, "a region that is cut out");
      const [from, to] = [ctx.shape(x), ctx.shape(y)];
      // Where every size stays, ONNX Runtime copies, whatever the scales.
      const copied = from.every((size, axis) => size === to[axis]);
      const maps = from.map((size, axis) => {
        const results = to[axis] as number;
        if (copied) return null;
        const scale = scales?.[axis] ?? results / size;
        return scale === 1 && size === results ? null : interpolation(view, size, results, scale);
      });
      giveTransposed(ctx, x, y, maps);
    },
  });

export const resize: GradientRule<ResizeView> = resized(resizeDefinition);
export const upsample: GradientRule<ResizeView> = resized(upsampleDefinition);
