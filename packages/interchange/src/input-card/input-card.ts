// The input card, `<model>.io.json`: what a network's inputs and outputs mean, so that a page or a program can feed
// it an image and name what it answers. Optional; a Hugging Face preprocessor_config.json says the same
// (from-preprocessor.ts). Reading checks the shape; unknown keys are kept for others.

import { checkShape, readJson } from "@espalier/core";
import * as v from "valibot";

export type ResizeFilter = "nearest" | "bilinear" | "bicubic" | "lanczos";

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** How big an image becomes: its short side, the whole keeping its proportions, or both sides. */
export type Resize = ({ readonly shortSide: number; readonly longSideAtMost?: number } | ImageSize) & {
  /** Default bilinear. */
  readonly filter?: ResizeFilter;
};

/** One input. Without `layout` it is no image, and only its name is known. */
export interface CardInput {
  /** As the network calls it. */
  readonly name: string;
  readonly layout?: "NCHW" | "NHWC";
  /** Order of the channels in the tensor; `grey` is one channel, the luma of ITU-R BT.601. Default RGB. */
  readonly channels?: "RGB" | "BGR" | "grey";
  /** What 0 and 255 become, before mean and std. Default [0, 1]. */
  readonly range?: readonly [number, number];
  /** Subtracted, by channel in the order of the tensor. */
  readonly mean?: readonly number[];
  /** Divided by, after the mean. */
  readonly std?: readonly number[];
  readonly resize?: Resize | null;
  /** Cut from the centre after resizing; where the image is smaller it is filled with black. */
  readonly crop?: ImageSize | null;
}

export interface CardOutput {
  readonly name?: string;
  readonly kind:
    | "logits"
    | "probabilities"
    | "boxes"
    | "scores"
    | "embedding"
    | "image"
    | "audio"
    | "tokens"
    | "other";
}

export interface InputCard {
  readonly inputs: readonly CardInput[];
  readonly outputs?: readonly CardOutput[];
  /** Names of the classes, by index. */
  readonly labels?: readonly string[];
}

const MAX_BYTES = 16 * 1024 * 1024;
/** Longest side of an image that a card may ask for. */
const MAX_SIDE = 16_384;

const finite = v.pipe(v.number(), v.finite());
const side = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(MAX_SIDE));
const name = v.pipe(v.string(), v.minLength(1));
const size = v.looseObject({ width: side, height: side });
const filter = v.optional(v.picklist(["nearest", "bilinear", "bicubic", "lanczos"]));
const perChannel = v.pipe(v.array(finite), v.minLength(1), v.maxLength(3));
const divisor = v.pipe(
  v.array(
    v.pipe(
      finite,
      v.check((number) => number !== 0, "a number that is not 0"),
    ),
  ),
  v.minLength(1),
  v.maxLength(3),
);

const input = v.pipe(
  v.looseObject({
    name,
    layout: v.optional(v.picklist(["NCHW", "NHWC"])),
    channels: v.optional(v.picklist(["RGB", "BGR", "grey"])),
    range: v.optional(v.tuple([finite, finite])),
    mean: v.optional(perChannel),
    std: v.optional(divisor),
    resize: v.optional(
      v.nullable(
        v.union([
          v.looseObject({ shortSide: side, longSideAtMost: v.optional(side), filter }),
          v.looseObject({ ...size.entries, filter }),
        ]),
      ),
    ),
    crop: v.optional(v.nullable(size)),
  }),
  v.check(
    ({ channels, mean, std }) =>
      [mean, std].every((list) => list === undefined || list.length === channelCount(channels)),
    "mean and std with one number for each channel",
  ),
);

const card = v.looseObject({
  inputs: v.pipe(v.array(input), v.minLength(1), v.maxLength(1024)),
  outputs: v.optional(
    v.array(
      v.looseObject({
        name: v.optional(name),
        kind: v.picklist([
          "logits",
          "probabilities",
          "boxes",
          "scores",
          "embedding",
          "image",
          "audio",
          "tokens",
          "other",
        ]),
      }),
    ),
  ),
  labels: v.optional(v.array(v.string())),
});

/** @throws EspalierError `INVALID_CARD` with a JSON pointer in `where` */
export function readInputCard(bytes: Uint8Array): InputCard {
  const json = readJson(bytes, { code: "INVALID_CARD", maxBytes: MAX_BYTES });
  return checkShape(json, card, "INVALID_CARD", "This is not an input card") as InputCard;
}

/** The bytes of `<model>.io.json`. */
export function inputCardBytes(written: InputCard): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(written, null, 2)}\n`);
}

/** Where the card of a model lies: beside it, `.onnx` replaced. */
export function inputCardPath(modelPath: string): string {
  return `${modelPath.replace(/\.onnx$/, "")}.io.json`;
}

export function channelCount(channels: CardInput["channels"]): number {
  return channels === "grey" ? 1 : 3;
}
