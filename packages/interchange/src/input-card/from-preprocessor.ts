// The input card that a Hugging Face folder implies: preprocessor_config.json as Hugging Face's image processors
// read it, id2label, and the names of the network. What processors do beyond a card (padding, cutting margins,
// tiling) is not guessed: there is no card then, and a reason.

import { checkShape, readJson } from "@espalier/core";
import { isEspalierError, type Model } from "@espalier/ir";
import * as v from "valibot";
import { type Config, labelsOf } from "../hugging-face/config.js";
import type { CardInput, ImageSize, InputCard, Resize, ResizeFilter } from "./input-card.js";

const MAX_BYTES = 16 * 1024 * 1024;
/** Numbers of the Python Imaging Library. */
const FILTERS: Readonly<Record<number, ResizeFilter>> = {
  0: "nearest",
  1: "lanczos",
  2: "bilinear",
  3: "bicubic",
};
/** Processors that resize, crop, rescale and normalise as their base class does. */
const PLAIN =
  /^(ViT|DeiT|Beit|BeiT|Swin|MobileNetV[1-4]|CLIP|Siglip|Bit|ResNet|Dinov2|Image|Levit|MobileViT)(ImageProcessor|FeatureExtractor|Processor)(Fast)?$/;
const CROP_FRACTION = /^ConvNext(ImageProcessor|FeatureExtractor)(Fast)?$/;
/** Above this, ConvNeXt's processor stretches instead of cropping. */
const LARGEST_CROPPED = 384;

const finite = v.pipe(v.number(), v.finite());
const side = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(16_384));
const flag = v.optional(v.nullable(v.boolean()));
const numbers = v.optional(v.nullable(v.union([finite, v.pipe(v.array(finite), v.length(3))])));
const size = v.union([
  side,
  v.looseObject({ width: side, height: side }),
  v.looseObject({ shortest_edge: side, longest_edge: v.optional(side) }),
]);
const preprocessor = v.looseObject({
  image_processor_type: v.optional(v.string()),
  feature_extractor_type: v.optional(v.string()),
  do_resize: flag,
  size: v.optional(size),
  resample: v.optional(v.nullable(v.number())),
  crop_pct: v.optional(v.nullable(finite)),
  do_center_crop: flag,
  crop_size: v.optional(v.union([side, v.looseObject({ width: side, height: side })])),
  do_rescale: flag,
  rescale_factor: v.optional(v.nullable(finite)),
  offset: v.optional(v.unknown()),
  do_normalize: flag,
  image_mean: numbers,
  image_std: numbers,
  do_flip_channel_order: flag,
  do_pad: flag,
  do_thumbnail: flag,
  do_crop_margin: flag,
  do_convert_grayscale: flag,
  size_divisor: v.optional(v.nullable(finite)),
  size_divisibility: v.optional(v.nullable(finite)),
});
type Size =
  | number
  | ImageSize
  | { readonly shortest_edge: number; readonly longest_edge?: number | undefined };
type Flag = boolean | null | undefined;
type Numbers = number | readonly number[] | null | undefined;

/** The fields that matter here. */
interface Preprocessor {
  readonly image_processor_type?: string | undefined;
  readonly feature_extractor_type?: string | undefined;
  readonly do_resize?: Flag;
  readonly size?: Size | undefined;
  readonly resample?: number | null | undefined;
  readonly crop_pct?: number | null | undefined;
  readonly do_center_crop?: Flag;
  readonly crop_size?: number | ImageSize | undefined;
  readonly do_rescale?: Flag;
  readonly rescale_factor?: number | null | undefined;
  readonly offset?: unknown;
  readonly do_normalize?: Flag;
  readonly image_mean?: Numbers;
  readonly image_std?: Numbers;
  readonly do_flip_channel_order?: Flag;
  readonly do_pad?: Flag;
  readonly do_thumbnail?: Flag;
  readonly do_crop_margin?: Flag;
  readonly do_convert_grayscale?: Flag;
  readonly size_divisor?: number | null | undefined;
  readonly size_divisibility?: number | null | undefined;
}

/** Why there is no card, or the card. */
export type DerivedCard = { readonly card: InputCard } | { readonly card: null; readonly reason: string };

/**
 * The card of a folder whose network takes an image.
 *
 * @param bytes preprocessor_config.json; one that cannot be read gives no card and is no error, for it is only
 * copied
 */
export function cardFromPreprocessor(bytes: Uint8Array, config: Config, model: Model): DerivedCard {
  const settings = readPreprocessor(bytes);
  if (typeof settings === "string") return { card: null, reason: settings };
  const reason = beyondCard(settings);
  if (reason !== null) return { card: null, reason };
  const image = imageInput(model);
  if (image === null) return { card: null, reason: "no input is an image of three channels" };
  const others = inputsOf(model).filter((name) => name !== image);
  const labels = labelsOf(config);
  const card: InputCard = {
    inputs: [imageCard(image, settings), ...others.map((name) => ({ name }))],
    outputs: model.graph.outputs.map(({ name }) => ({ name, kind: name === "logits" ? "logits" : "other" })),
    ...(labels === null ? {} : { labels }),
  };
  return { card };
}

/** The settings, or why they cannot be read. */
function readPreprocessor(bytes: Uint8Array): Preprocessor | string {
  try {
    const json = readJson(bytes, { code: "INVALID_CONFIG", maxBytes: MAX_BYTES });
    return checkShape(json, preprocessor, "INVALID_CONFIG", "A field has a form that is not known");
  } catch (error) {
    if (isEspalierError(error, "INVALID_CONFIG")) return error.message;
    throw error;
  }
}

function beyondCard(settings: Preprocessor): string | null {
  const type = settings.image_processor_type ?? settings.feature_extractor_type;
  if (type !== undefined && !PLAIN.test(type) && !CROP_FRACTION.test(type)) return `${type} is not known`;
  const keys = [
    "do_pad",
    "do_thumbnail",
    "do_crop_margin",
    "do_convert_grayscale",
    "size_divisor",
    "size_divisibility",
    "offset",
  ] as const;
  const asked = keys.find((key) => settings[key]);
  if (asked !== undefined) return `${asked} goes beyond an input card`;
  if (settings.do_center_crop && settings.crop_size === undefined) return "do_center_crop without crop_size";
  if (resizes(settings) && settings.size === undefined) return "do_resize without size";
  const filter = settings.resample ?? 2;
  return Object.hasOwn(FILTERS, filter) ? null : `resample ${filter} is not known`;
}

function resizes({ do_resize, size }: Preprocessor): boolean {
  return do_resize ?? size !== undefined;
}

function imageCard(name: string, settings: Preprocessor): CardInput {
  const scale = settings.do_rescale === false ? 1 : (settings.rescale_factor ?? 1 / 255);
  const flipped = settings.do_flip_channel_order === true;
  const ordered = (list: number[]): number[] => (flipped ? list.reverse() : list);
  const normalised =
    settings.do_normalize === true
      ? { mean: ordered(threeOf(settings.image_mean, 0)), std: ordered(threeOf(settings.image_std, 1)) }
      : {};
  return {
    name,
    layout: "NCHW",
    channels: flipped ? "BGR" : "RGB",
    // 255 / 255 is exactly 1; 255 · (1 / 255) is, too.
    range: [0, 255 * scale],
    ...normalised,
    ...sizes(settings),
  };
}

function sizes(settings: Preprocessor): Pick<CardInput, "resize" | "crop"> {
  const filter = FILTERS[settings.resample ?? 2] ?? "bilinear";
  const type = settings.image_processor_type ?? settings.feature_extractor_type ?? "";
  const { size } = settings;
  if (CROP_FRACTION.test(type) && typeof size === "object" && "shortest_edge" in size && resizes(settings)) {
    const edge = size.shortest_edge;
    const square = { width: edge, height: edge };
    if (edge >= LARGEST_CROPPED) return { resize: { ...square, filter }, crop: null };
    const shortSide = Math.floor(edge / (settings.crop_pct ?? 224 / 256));
    return { resize: { shortSide, filter }, crop: square };
  }
  const cropSize = settings.do_center_crop ? settings.crop_size : undefined;
  const crop = typeof cropSize === "number" ? { width: cropSize, height: cropSize } : cropSize;
  return {
    resize:
      resizes(settings) && size !== undefined ? { ...resizeOf(size, crop !== undefined), filter } : null,
    crop: crop === undefined ? null : { width: crop.width, height: crop.height },
  };
}

function resizeOf(size: Size, isCropped: boolean): Resize {
  // A plain number is the short side where a crop follows and a square where none does.
  if (typeof size === "number") return isCropped ? { shortSide: size } : { width: size, height: size };
  if ("shortest_edge" in size)
    return {
      shortSide: size.shortest_edge,
      ...(size.longest_edge === undefined ? {} : { longSideAtMost: size.longest_edge }),
    };
  return { width: size.width, height: size.height };
}

function threeOf(value: number | readonly number[] | null | undefined, none: number): number[] {
  return Array.isArray(value)
    ? [...value]
    : [value, value, value].map((one) => (one as number | null) ?? none);
}

/** The one input of rank 4 whose second dimension is 3 or open. */
function imageInput(model: Model): string | null {
  const images = model.graph.inputs.filter(({ type }) => {
    if (type?.kind !== "tensor" || type.shape?.length !== 4) return false;
    const channels = type.shape[1];
    return typeof channels !== "number" || channels === 3;
  });
  return images.length === 1 ? (images[0]?.name ?? null) : null;
}

function inputsOf({ graph }: Model): string[] {
  return graph.inputs.filter((value) => !graph.initializers.has(value)).map(({ name }) => name);
}
