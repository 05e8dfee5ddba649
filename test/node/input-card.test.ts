// The input card against the preprocessing that the data folder's SqueezeNet was measured with (short side 256,
// centre 224, / 255, ImageNet mean and std), done by another implementation, libvips through sharp: the same
// predictions, on photographs as they are and on enlarged ones that really have to shrink.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RuntimeTensor, Session } from "@espalier/core";
import { type CardInput, cardFromPreprocessor, imageToTensor, resizedSize } from "@espalier/interchange";
import { DataType, GraphBuilder, Model, readModel } from "@espalier/ir";
import { nodeRuntime } from "@espalier/runtime-node";
import { AutoProcessor, env, RawImage } from "@huggingface/transformers";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataFolder } from "../data-folder.js";
import { classifierBytes, squeezeNet } from "../image-classifier-folder.js";

const IMAGES = 60;
const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];

let session: Session;
let input: CardInput;
let labels: readonly string[] = [];

describe.skipIf(dataFolder === null)("the input card of an ImageNet classifier", () => {
  beforeAll(async () => {
    const { network, preprocessor, labels: names } = squeezeNet();
    const bytes = classifierBytes(network);
    const config = { id2label: Object.fromEntries(names.map((name, index) => [String(index), name])) };
    const derived = cardFromPreprocessor(
      new TextEncoder().encode(JSON.stringify(preprocessor)),
      config,
      readModel(bytes),
    );
    if (derived.card === null) throw new Error(derived.reason);
    input = derived.card.inputs[0] as CardInput;
    labels = derived.card.labels ?? [];
    session = await nodeRuntime().load(bytes);
  });
  afterAll(() => session?.dispose());

  it("says what the processor does, and the names of the classes", () => {
    expect(input).toMatchObject({
      name: "pixel_values",
      layout: "NCHW",
      channels: "RGB",
      range: [0, 1],
      mean: MEAN,
      std: STD,
      resize: { shortSide: 256, filter: "bilinear" },
      crop: { width: 224, height: 224 },
    });
    expect(labels).toHaveLength(1000);
    expect(labels[1]).toBe("goldfish");
  });

  it("leads to the predictions of the reference preprocessing", async () => {
    let right = 0;
    for (const [file, classIndex] of photographs(IMAGES)) {
      const image = await rgbaOf(sharp(file));
      const expected = await topOne(await reference(image));
      expect({ file, top: await topOne(imageToTensor(image, input)) }).toEqual({ file, top: expected });
      if (expected === classIndex) right++;
    }
    // 0.600 of all 700; far below, both would be wrong in the same way.
    expect(right / IMAGES).toBeGreaterThan(0.45);
  });

  it("shrinks as libvips does, to two levels of 255", async () => {
    for (const [file] of photographs(20)) {
      const image = await rgbaOf(
        sharp(file).resize({ width: 480, height: 480, fit: "outside", kernel: "cubic" }),
      );
      const [ours, theirs] = [imageToTensor(image, input), await reference(image)];
      expect(greatestDifference(ours, theirs)).toBeLessThan(2.5);
      expect({ file, top: await topOne(ours) }).toEqual({ file, top: await topOne(theirs) });
    }
  });
});

describe("the card of a preprocessor_config.json", () => {
  // An image without edges, so that the filters of two resizers agree and only what is read differs.
  const width = 300;
  const height = 200;
  const data = Uint8ClampedArray.from({ length: width * height * 4 }, (_, at) => {
    const [x, y] = [(at >> 2) % width, Math.floor((at >> 2) / width)];
    return [(255 * x) / width, (255 * y) / height, (255 * (x + y)) / (width + height), 255][at % 4] as number;
  });
  const settings: readonly (readonly [name: string, settings: object])[] = [
    [
      "ViT",
      {
        image_processor_type: "ViTImageProcessor",
        size: { height: 60, width: 60 },
        image_mean: [0.5, 0.5, 0.5],
        image_std: [0.5, 0.5, 0.5],
        do_normalize: true,
      },
    ],
    [
      "CLIP",
      {
        image_processor_type: "CLIPImageProcessor",
        size: { shortest_edge: 90 },
        do_center_crop: true,
        crop_size: { height: 80, width: 80 },
        image_mean: MEAN,
        image_std: STD,
        do_normalize: true,
      },
    ],
    [
      "ConvNeXt",
      {
        image_processor_type: "ConvNextImageProcessor",
        size: { shortest_edge: 70 },
        crop_pct: 0.875,
        image_mean: MEAN,
        image_std: STD,
        do_normalize: true,
      },
    ],
    [
      "MobileViT",
      {
        image_processor_type: "MobileViTImageProcessor",
        size: { shortest_edge: 72 },
        do_center_crop: true,
        crop_size: { height: 64, width: 64 },
        do_flip_channel_order: true,
      },
    ],
  ];
  for (const [name, config] of settings) {
    it(`leads to the tensor of transformers.js's own processor for ${name}`, async () => {
      const builder = new GraphBuilder();
      const pixels = builder.input("pixel_values", [1, 3, 64, 64]);
      builder.output(builder.op("Relu", [pixels]));
      const bytes = new TextEncoder().encode(JSON.stringify(config));
      const { card } = cardFromPreprocessor(bytes, {}, new Model({ graph: builder.graph }));
      const ours = imageToTensor({ width, height, data }, card?.inputs[0] as CardInput);
      const folder = mkdtempSync(join(tmpdir(), "espalier-processor-"));
      try {
        writeFileSync(join(folder, "preprocessor_config.json"), bytes);
        env.allowRemoteModels = false;
        const processor = await AutoProcessor.from_pretrained(folder);
        const { pixel_values: theirs } = await processor(new RawImage(data, width, height, 4));
        expect(ours.dims).toEqual(theirs.dims);
        const spread = Math.max(
          ...((config as { image_std?: number[] }).image_std ?? [1]).map((std) => 1 / std),
        );
        const most = (ours.data as Float32Array).reduce(
          (worst, value, at) => Math.max(worst, Math.abs(value - (theirs.data[at] as number))),
          0,
        );
        // Three levels of 255: half a pixel of the steepest slope, and rounding.
        expect((most / spread) * 255).toBeLessThan(3);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});

/** The first photographs and their classes. */
function photographs(count: number): [file: string, classIndex: number][] {
  const folder = join(dataFolder ?? "", "imagenet-sample/images");
  return readdirSync(folder)
    .sort()
    .filter((_, index) => index % 11 === 0)
    .slice(0, count)
    .map((name) => [join(folder, name), Number(name.slice(0, 3))]);
}

type Rgba = { width: number; height: number; data: Uint8ClampedArray };

async function rgbaOf(image: ReturnType<typeof sharp>): Promise<Rgba> {
  const { data, info } = await image
    .toColourspace("srgb")
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: Uint8ClampedArray.from(data) };
}

/** Short side 256, centre 224, by sharp; then the arithmetic written out. */
async function reference({ width, height, data }: Rgba): Promise<RuntimeTensor> {
  const { width: w, height: h } = resizedSize({ width, height }, { shortSide: 256 });
  const pixels = await sharp(data, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .resize({ width: w, height: h, fit: "fill", kernel: "linear", fastShrinkOnLoad: false })
    .extract({ left: Math.floor((w - 224) / 2), top: Math.floor((h - 224) / 2), width: 224, height: 224 })
    .raw()
    .toBuffer();
  const tensor = new Float32Array(3 * 224 * 224);
  for (let at = 0; at < 224 * 224; at++) {
    for (let c = 0; c < 3; c++) {
      const value = (pixels[at * 3 + c] as number) / 255;
      tensor[c * 224 * 224 + at] = (value - (MEAN[c] as number)) / (STD[c] as number);
    }
  }
  return { dataType: DataType.FLOAT, dims: [1, 3, 224, 224], data: tensor };
}

async function topOne(pixels: RuntimeTensor): Promise<number> {
  const { logits } = await session.run({ pixel_values: pixels });
  const values = logits?.data as Float32Array;
  return values.indexOf(values.reduce((a, b) => Math.max(a, b)));
}

/** In levels of 255; both round to whole ones. */
function greatestDifference(a: RuntimeTensor, b: RuntimeTensor): number {
  const [x, y] = [a.data as Float32Array, b.data as Float32Array];
  const plane = x.length / 3;
  return x.reduce((most, value, at) => {
    const levels = Math.abs(value - (y[at] as number)) * (STD[Math.floor(at / plane)] as number) * 255;
    return Math.max(most, levels);
  }, 0);
}
