// Resize, and Upsample before it: scales were an attribute (Upsample-7), became an input, then sizes came
// beside them (opset 11), then both possibly only for the axes listed (opset 18).

import { type Dim, isStatic, multiplyDims, opaqueDim } from "../dim.js";
import { stringAttribute } from "../graph/attribute.js";
import type { Node } from "../graph/node.js";
import type { Value } from "../graph/value.js";
import { numbersOf } from "../shape/contents.js";
import type { Facts } from "../shape/facts.js";
import { isArbitrary, unknownDim, unknownShape } from "../shape/unknown.js";
import {
  choiceOf,
  flagOf,
  floatOf,
  floatsOf,
  intsOf,
  invalidNode,
  requireInput,
  requireOutput,
  stringOf,
} from "./attributes.js";
import { allAxes, normalizeAxes, rankOf } from "./axes.js";
import { defineOp, type OpDefinition } from "./definition.js";

export interface ResizeView {
  readonly x: Value;
  readonly y: Value;
  /** One entry per axis; null when not constant or when sizes are given. */
  readonly scales: readonly number[] | null;
  /** One entry per axis; null when not known or when scales are given. */
  readonly sizes: readonly Dim[] | null;
  readonly source: "scales" | "sizes";
  readonly mode: "nearest" | "linear" | "cubic";
  /** How a position in y becomes one in x, as ONNX names it. */
  readonly coordinates: string;
  /** How "nearest" rounds a position. */
  readonly rounding: "round_prefer_floor" | "round_prefer_ceil" | "floor" | "ceil";
  /** The `a` of cubic interpolation. */
  readonly cubicCoefficient: number;
  /** Whether weights outside x count as 0 and the others make up for them; else the border goes on. */
  readonly excludeOutside: boolean;
  /** Whether it averages over what lies between when it makes smaller. */
  readonly antialias: boolean;
  /** Whether the sizes given are a bound that one scale for all axes keeps to. */
  readonly keepsAspectRatio: boolean;
  /** The axes that the operand lists, all where it lists none; null when the rank is not known. */
  readonly axes: readonly number[] | null;
  /** The operand that gives scales or sizes; null for attributes. */
  readonly sourceInput: Value | null;
  /** Region to cut, [starts, ends] relative to the size; only for "tf_crop_and_resize". */
  readonly roi: readonly number[] | null;
}

export const resize: OpDefinition<ResizeView> = defineOp({
  domain: "",
  opType: "Resize",
  // A region and scales; in opset 10 scales alone.
  float32Inputs: [1, 2],
  view: (node, facts) => (facts.opset("") < 11 ? upsampleView(node, facts) : resizeView(node, facts)),
  raise: ({ x, scales }, node, form) => {
    if (form.opset >= 11) return;
    const scalesInput = node.input(1);
    for (const [name, value] of Object.entries(AS_BEFORE)) node.attributes.set(name, stringAttribute(value));
    node.setInput(0, x);
    node.setInput(1, null);
    node.setInput(2, scalesInput ?? form.floats(scales ?? []));
  },
  infer,
});

export const upsample: OpDefinition<ResizeView> = defineOp({
  domain: "",
  opType: "Upsample",
  float32Inputs: [1],
  view: upsampleView,
  raise: ({ x, y, mode, scales, sourceInput }, _, form) => {
    const attributes = Object.fromEntries(
      Object.entries({ ...AS_BEFORE, mode }).map(([name, value]) => [name, stringAttribute(value)]),
    );
    form.replace(y, form.op("Resize", [x, null, sourceInput ?? form.floats(scales ?? [])], attributes));
  },
  infer,
});

/** How positions were counted before opset 11. */
const AS_BEFORE = { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" } as const;

function upsampleView(node: Node, facts: Facts): ResizeView {
  const x = requireInput(node, 0);
  const sourceInput = facts.opset("") >= 9 ? requireInput(node, 1) : null;
  const attribute = floatsOf(node, "scales");
  if (sourceInput === null && attribute === null) throw invalidNode(node, '"scales"', "none");
  const scales = sourceInput === null ? [...(attribute ?? [])] : numbersOf(facts, sourceInput);
  const rank = rankOf(facts, x);
  if (scales !== null && rank !== null && scales.length !== rank) {
    throw invalidNode(node, `${rank} scales`, String(scales.length));
  }
  return {
    x,
    y: requireOutput(node, 0),
    scales,
    sizes: null,
    source: "scales",
    mode: modeOf(node),
    coordinates: "asymmetric",
    rounding: "floor",
    cubicCoefficient: -0.75,
    excludeOutside: false,
    antialias: false,
    keepsAspectRatio: false,
    axes: allAxes(rank),
    sourceInput,
    roi: null,
  };
}

function resizeView(node: Node, facts: Facts): ResizeView {
  const x = requireInput(node, 0);
  const shape = facts.shape(x);
  const rank = shape?.length ?? null;
  const sizesInput = present(node.input(3), facts);
  const scalesInput = present(node.input(2), facts);
  const sourceInput = sizesInput ?? scalesInput;
  if (sourceInput === null) throw invalidNode(node, "scales or sizes", "neither");
  const listed = facts.opset("") >= 18 ? intsOf(node, "axes") : null;
  const axes = listed === null ? allAxes(rank) : normalizeAxes(node, listed, rank);
  const coordinates = stringOf(node, "coordinate_transformation_mode") ?? "half_pixel";
  const given = facts.contents(sourceInput);
  if (given !== null && axes !== null && given.length !== axes.length) {
    throw invalidNode(node, `${axes.length} scales or sizes`, String(given.length));
  }
  const policy = choiceOf(node, "keep_aspect_ratio_policy", ["stretch", "not_larger", "not_smaller"]);
  let scales: number[] | null = null;
  let sizes: Dim[] | null = null;
  if (given !== null && axes !== null && shape !== null) {
    if (sizesInput !== null) {
      sizes = [...shape];
      for (const [i, axis] of axes.entries()) sizes[axis] = given[i] as Dim;
      if (policy !== "stretch") sizes = keepAspectRatio(shape, sizes, axes, policy);
    } else if (given.every(isStatic)) {
      scales = shape.map(() => 1);
      for (const [i, axis] of axes.entries()) scales[axis] = given[i] as number;
    }
  }
  return {
    x,
    y: requireOutput(node, 0),
    scales,
    sizes,
    source: sizesInput === null ? "scales" : "sizes",
    mode: modeOf(node),
    coordinates,
    rounding: choiceOf(node, "nearest_mode", ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]),
    cubicCoefficient: floatOf(node, "cubic_coeff_a") ?? -0.75,
    excludeOutside: flagOf(node, "exclude_outside"),
    antialias: flagOf(node, "antialias"),
    keepsAspectRatio: sizesInput !== null && policy !== "stretch",
    axes,
    sourceInput,
    roi: coordinates === "tf_crop_and_resize" ? numbersOf(facts, node.input(1)) : null,
  };
}

function infer(view: ResizeView, facts: Facts): ReturnType<OpDefinition["infer"]> {
  const { x, y, scales, sizes } = view;
  const dataType = facts.dataType(x);
  const shape = facts.shape(x);
  if (shape === null) return [{ dataType, shape: null }];
  if (sizes !== null) {
    return [{ dataType, shape: sizes.map((size, axis) => (isArbitrary(size) ? unknownDim(y, axis) : size)) }];
  }
  if (scales === null) return [{ dataType, shape: unknownShape(y, shape.length) }];
  return [{ dataType, shape: shape.map((size, axis) => scaledSize(size, scales[axis] ?? 1)) }];
}

/** ⌊size · scale⌋ in float32, as ONNX Runtime computes it, also where a region is cut out first. */
function scaledSize(size: Dim, scale: number): Dim {
  const single = Math.fround(scale);
  if (isStatic(size)) return Math.floor(Math.fround(size * single));
  return Number.isInteger(single) ? multiplyDims(size, single) : opaqueDim("scaled", size, single);
}

function keepAspectRatio(
  shape: readonly Dim[],
  sizes: readonly Dim[],
  axes: readonly number[],
  policy: "not_larger" | "not_smaller",
): Dim[] | null {
  const ratios: number[] = [];
  for (const axis of axes) {
    const [from, to] = [shape[axis] as Dim, sizes[axis] as Dim];
    if (!isStatic(from) || !isStatic(to)) return null;
    ratios.push(to / from);
  }
  const scale = policy === "not_larger" ? Math.min(...ratios) : Math.max(...ratios);
  return sizes.map((size, axis) =>
    axes.includes(axis) ? Math.floor(scale * (shape[axis] as number) + 0.5) : size,
  );
}

/** An operand that is left out may also be an empty tensor (opset 11). */
function present(value: Value | null, facts: Facts): Value | null {
  return value !== null && facts.shape(value)?.[0] === 0 ? null : value;
}

function modeOf(node: Node): ResizeView["mode"] {
  const mode = choiceOf(node, "mode", ["nearest", "linear", "cubic", "bilinear"]);
  return mode === "bilinear" ? "linear" : mode;
}
