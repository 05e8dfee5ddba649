import { DataType, GraphBuilder, Model } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { cardFromPreprocessor } from "./from-preprocessor.js";
import type { CardInput } from "./input-card.js";

function network(channels: number, ...others: string[]): Model {
  const builder = new GraphBuilder();
  const pixels = builder.input("pixel_values", ["batch", channels, 224, 224]);
  for (const name of others) builder.input(name, [1, 7], DataType.INT64);
  builder.output(builder.op("Relu", [pixels]), "logits");
  return new Model({ graph: builder.graph });
}

const derive = (settings: object | string, model = network(3)) =>
  cardFromPreprocessor(
    new TextEncoder().encode(typeof settings === "string" ? settings : JSON.stringify(settings)),
    { id2label: { "0": "cat", "1": "dog" } },
    model,
  );
function input(settings: object): CardInput {
  const { card } = derive(settings);
  return card?.inputs[0] as CardInput;
}
const RESCALED = { do_rescale: true, rescale_factor: 1 / 255 };

describe("cardFromPreprocessor", () => {
  it("reads a ViT's: stretched, to −1 … 1", () => {
    const settings = {
      image_processor_type: "ViTImageProcessor",
      do_normalize: true,
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.5, 0.5, 0.5],
      do_resize: true,
      resample: 2,
      size: { height: 224, width: 224 },
      ...RESCALED,
    };
    expect(derive(settings).card).toEqual({
      inputs: [
        {
          name: "pixel_values",
          layout: "NCHW",
          channels: "RGB",
          range: [0, 1],
          mean: [0.5, 0.5, 0.5],
          std: [0.5, 0.5, 0.5],
          resize: { width: 224, height: 224, filter: "bilinear" },
          crop: null,
        },
      ],
      outputs: [{ name: "logits", kind: "logits" }],
      labels: ["cat", "dog"],
    });
  });

  it("reads CLIP's: short side and centre, bicubic; an old plain number means the same", () => {
    for (const size of [224, { shortest_edge: 224 }])
      expect(
        input({
          feature_extractor_type: "CLIPFeatureExtractor",
          do_resize: true,
          size,
          resample: 3,
          do_center_crop: true,
          crop_size: 224,
        }),
      ).toMatchObject({
        resize: { shortSide: 224, filter: "bicubic" },
        crop: { width: 224, height: 224 },
      });
    // Without a crop a plain number is a square.
    expect(
      input({ feature_extractor_type: "ViTFeatureExtractor", do_resize: true, size: 384 }),
    ).toMatchObject({
      resize: { width: 384, height: 384 },
      crop: null,
    });
  });

  it("reads ConvNeXt's, which crops a fraction when small and stretches when large", () => {
    const settings = { image_processor_type: "ConvNextImageProcessor", do_resize: true, resample: 3 };
    expect(input({ ...settings, size: { shortest_edge: 224 } })).toMatchObject({
      resize: { shortSide: 256 },
      crop: { width: 224, height: 224 },
    });
    expect(input({ ...settings, size: { shortest_edge: 288 }, crop_pct: 0.9 })).toMatchObject({
      resize: { shortSide: 320 },
      crop: { width: 288, height: 288 },
    });
    expect(input({ ...settings, size: { shortest_edge: 384 } })).toMatchObject({
      resize: { width: 384, height: 384 },
      crop: null,
    });
  });

  it("turns mean and std round with the channels", () => {
    expect(
      input({ do_flip_channel_order: true, do_normalize: true, image_mean: [1, 2, 3], image_std: 4 }),
    ).toMatchObject({
      channels: "BGR",
      mean: [3, 2, 1],
      std: [4, 4, 4],
      resize: null,
    });
    expect(input({ do_rescale: false })).toMatchObject({ range: [0, 255] });
  });

  it("names the other inputs without saying what they hold", () => {
    expect(derive({}, network(3, "tokens")).card?.inputs.map(({ name }) => name)).toEqual([
      "pixel_values",
      "tokens",
    ]);
  });

  it("gives a reason instead of a card where it would have to guess", () => {
    for (const [settings, reason] of [
      [{ do_pad: true }, /do_pad/],
      [{ image_processor_type: "DonutImageProcessor" }, /DonutImageProcessor/],
      [{ size_divisor: 32 }, /size_divisor/],
      [{ resample: 9 }, /resample 9/],
      [{ do_resize: true }, /without size/],
      [{ do_center_crop: true }, /without crop_size/],
      [{ size: { max_height: 5 } }, /#\/size/],
      [{ size: 1e9 }, /#\/size/],
      ['{"a":1,"a":2}', /twice/],
    ] as const)
      expect(derive(settings)).toMatchObject({ card: null, reason: expect.stringMatching(reason) });
    expect(derive({}, network(1))).toMatchObject({ card: null });
  });
});
