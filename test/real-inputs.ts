// Real inputs from the data folder, preprocessed as its manifest says, for the models it has them for.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Feeds } from "@espalier/core";
import { DataType, numberToFloat16 } from "@espalier/ir";
import sharp from "sharp";
import { dataFolder } from "./data-folder.js";

/** A few sets of real inputs for a model; none where the folder has none for it. */
export async function realInputs(model: string): Promise<Feeds[]> {
  return (await SOURCES[model]?.()) ?? [];
}

const COUNT = 4;
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

const SOURCES: Readonly<Record<string, () => Promise<Feeds[]> | Feeds[]>> = {
  "cifar10-resnet20": () => cifar("input", IMAGENET),
  "cifar10-resnet56": () => cifar("input", IMAGENET),
  "cifar10-vit-pgd_2_3_16": () =>
    cifar("input", { mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] }),
  "squeezenet1.1-imagenet": async () =>
    (await photos()).map((rgb) => {
      const data = planes(
        rgb,
        224 * 224,
        (value, channel) =>
          (value / 255 - (IMAGENET.mean[channel] as number)) / (IMAGENET.std[channel] as number),
      );
      return { data: float([1, 3, 224, 224], data) };
    }),
  "squeezenet1.1-fp16-imagenet": async () =>
    (await photos()).map((rgb) => {
      const means = [123, 117, 104];
      const data = planes(rgb, 224 * 224, (value, channel) => value - (means[channel] as number));
      const bgr = Float32Array.from(
        data,
        (_, i) => data[(2 - Math.floor(i / (224 * 224))) * 224 * 224 + (i % (224 * 224))] as number,
      );
      return {
        data_0: {
          dataType: DataType.FLOAT16,
          dims: [1, 3, 224, 224],
          data: Uint16Array.from(bgr, numberToFloat16),
        },
      };
    }),
  "mnist-cntk": () => {
    const bytes = unzipped("mnist/t10k-images-idx3-ubyte.gz");
    return times((i) => ({
      Input3: float([1, 1, 28, 28], Float32Array.from(bytes.subarray(16 + 784 * i, 16 + 784 * (i + 1)))),
    }));
  },
  magika_standard_v3_3: () => {
    const tokens = new Uint16Array(unzipped("magika-eval/inputs_76x2048.u16le.gz").slice().buffer);
    return times((i) => ({
      bytes: {
        dataType: DataType.INT32,
        dims: [1, 2048],
        data: Int32Array.from(tokens.subarray(2048 * i, 2048 * (i + 1))),
      },
    }));
  },
  stories260k: () => {
    const tokens = new Uint16Array(unzipped("stories260k/sampled_tokens_128x256.u16le.gz").slice().buffer);
    return times((i) => ({
      tokens: {
        dataType: DataType.INT64,
        dims: [1, 16],
        data: BigInt64Array.from(tokens.subarray(256 * i, 256 * i + 16), BigInt),
      },
    }));
  },
  silero_vad_16k_op15: () => {
    const samples = new Int16Array(
      readFileSync(join(dataFolder ?? "", "audio/silero_test.wav"))
        .subarray(44)
        .slice().buffer,
    );
    return times((i) => ({
      input: float(
        [1, 512],
        Float32Array.from(
          samples.subarray(80_000 + 512 * i, 80_000 + 512 * (i + 1)),
          (value) => value / 32768,
        ),
      ),
      state: float([2, 1, 128], new Float32Array(256)),
      sr: { dataType: DataType.INT64, dims: [], data: BigInt64Array.of(16000n) },
    }));
  },
};

function times(make: (i: number) => Feeds): Feeds[] {
  return Array.from({ length: COUNT }, (_, i) => make(i));
}

function float(dims: readonly number[], data: Float32Array): Feeds[string] {
  return { dataType: DataType.FLOAT, dims, data };
}

function unzipped(path: string): Uint8Array {
  return new Uint8Array(gunzipSync(readFileSync(join(dataFolder ?? "", path))));
}

function cifar(
  name: string,
  { mean, std }: { readonly mean: readonly number[]; readonly std: readonly number[] },
): Feeds[] {
  const bytes = unzipped("cifar10/test_2k.bin.gz");
  return times((i) => {
    const pixels = bytes.subarray(3073 * 500 * i + 1, 3073 * (500 * i + 1));
    return {
      [name]: float(
        [1, 3, 32, 32],
        Float32Array.from(
          pixels,
          (value, p) =>
            (value / 255 - (mean[Math.floor(p / 1024)] as number)) / (std[Math.floor(p / 1024)] as number),
        ),
      ),
    };
  });
}

/** Photos as interleaved RGB, short side 256, centre crop 224. */
async function photos(): Promise<Uint8Array[]> {
  const folder = join(dataFolder ?? "", "imagenet-sample/images");
  const names = readdirSync(folder).sort();
  return Promise.all(
    Array.from({ length: COUNT }, async (_, i) => {
      const path = join(folder, names[i * 150] as string);
      const { width = 0, height = 0 } = await sharp(path).metadata();
      const scale = 256 / Math.min(width, height);
      const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
      const crop = { left: (w - 224) >> 1, top: (h - 224) >> 1, width: 224, height: 224 };
      return new Uint8Array(
        await sharp(path)
          .resize(w, h, { fit: "fill" })
          .removeAlpha()
          .toColourspace("srgb")
          .extract(crop)
          .raw()
          .toBuffer(),
      );
    }),
  );
}

/** Interleaved to planes. */
function planes(
  rgb: Uint8Array,
  size: number,
  normalise: (value: number, channel: number) => number,
): Float32Array {
  return Float32Array.from({ length: 3 * size }, (_, i) => {
    const channel = Math.floor(i / size);
    return normalise(rgb[(i % size) * 3 + channel] as number, channel);
  });
}
