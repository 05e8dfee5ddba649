import { isEspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { imageToTensor, type RgbaImage, resizedSize } from "./image-to-tensor.js";

/** Two pixels: (255, 0, 51) and (0, 102, 255). */
const image: RgbaImage = {
  width: 2,
  height: 1,
  data: Uint8ClampedArray.from([255, 0, 51, 9, 0, 102, 255, 0]),
};
const numbers = (input: Parameters<typeof imageToTensor>[1]): number[] =>
  [...(imageToTensor(image, input).data as Float32Array)].map((value) => Number(value.toFixed(5)));

describe("imageToTensor", () => {
  it("orders planes or pixels, and channels", () => {
    expect(numbers({ name: "x", layout: "NCHW" })).toEqual([1, 0, 0, 0.4, 0.2, 1]);
    expect(numbers({ name: "x", layout: "NHWC" })).toEqual([1, 0, 0.2, 0, 0.4, 1]);
    expect(numbers({ name: "x", layout: "NCHW", channels: "BGR" })).toEqual([0.2, 1, 0, 0.4, 1, 0]);
    expect(imageToTensor(image, { name: "x", layout: "NHWC" }).dims).toEqual([1, 1, 2, 3]);
  });

  it("scales to the range, then takes the mean off and divides", () => {
    expect(numbers({ name: "x", layout: "NCHW", range: [-1, 1] })).toEqual([1, -1, -1, -0.2, -0.6, 1]);
    expect(
      numbers({ name: "x", layout: "NCHW", range: [0, 255], mean: [55, 2, 1], std: [2, 10, 50] }),
    ).toEqual([100, -27.5, -0.2, 10, 1, 5.08]);
  });

  it("weighs the channels of grey", () => {
    // (255 · 19595 + 51 · 7471) / 65536 = 82.06; (102 · 38470 + 255 · 7471) / 65536 = 88.94
    expect(numbers({ name: "x", layout: "NCHW", channels: "grey", range: [0, 255] })).toEqual([82, 89]);
  });

  it("cuts the centre, and fills with black where there is nothing", () => {
    const cut = imageToTensor(image, { name: "x", layout: "NCHW", crop: { width: 1, height: 3 } });
    expect(cut.dims).toEqual([1, 3, 3, 1]);
    expect([...(cut.data as Float32Array)].map(Boolean)).toEqual([
      ...[false, true, false],
      ...[false, false, false],
      ...[false, true, false],
    ]);
  });

  it("refuses pixels that do not fill the image, and inputs that are no images", () => {
    for (const attempt of [
      () => imageToTensor({ ...image, width: 3 }, { name: "x", layout: "NCHW" }),
      () =>
        imageToTensor({ width: 0, height: 0, data: new Uint8ClampedArray() }, { name: "x", layout: "NCHW" }),
      () => imageToTensor(image, { name: "tokens" }),
    ]) {
      try {
        attempt();
        throw new Error("accepted");
      } catch (error) {
        expect(isEspalierError(error, "INVALID_OPTION")).toBe(true);
      }
    }
  });
});

describe("resizedSize", () => {
  it("keeps the proportions by the short side, bounds the long one, or stretches", () => {
    expect(resizedSize({ width: 640, height: 480 }, { shortSide: 256 })).toEqual({ width: 341, height: 256 });
    expect(resizedSize({ width: 300, height: 900 }, { shortSide: 256 })).toEqual({ width: 256, height: 768 });
    expect(resizedSize({ width: 640, height: 480 }, { shortSide: 800, longSideAtMost: 1000 })).toEqual({
      width: 1000,
      height: 750,
    });
    expect(resizedSize({ width: 640, height: 480 }, { width: 32, height: 32 })).toEqual({
      width: 32,
      height: 32,
    });
    expect(resizedSize({ width: 1000, height: 1 }, { shortSide: 1, longSideAtMost: 10 })).toEqual({
      width: 10,
      height: 1,
    });
  });
});
