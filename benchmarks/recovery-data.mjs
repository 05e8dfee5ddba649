// The two networks of the recovery study with their inputs, preprocessed as the data folder's manifest says.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import sharp from "sharp";
import { openSubject, seededRandom } from "../packages/core/dist/index.js";

export const data = process.env.ESPALIER_DATA;
if (!data) throw new Error("ESPALIER_DATA names the folder with the models");

const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];

/** Names of the 200 photos that calibrate; drawn with seed 0 from the 700, sorted by name. */
export function calibrationPhotos() {
  const names = readdirSync(join(data, "imagenet-sample/images")).sort();
  return seededRandom(0, "calibration")
    .sample(names.length, 200)
    .map((i) => names[i]);
}

/** ResNet-56: 512 training images without their labels, judged on the 2 000 test images. */
export function resnet56() {
  const picked = seededRandom(0, "calibration").sample(10_000, 512);
  const calibration = cifar("train_10k", picked, 64);
  const test = cifar("test_2k", [...Array(2000).keys()], 100);
  return {
    name: "cifar10-resnet56",
    title: "ResNet-56 on CIFAR-10",
    subject: open("cifar10-resnet56"),
    calibration: calibration.feeds,
    test,
  };
}

/** SqueezeNet 1.1: 200 photos calibrate, the 500 others judge. */
export async function squeezenet() {
  const chosen = JSON.parse(readFileSync("benchmarks/data/imagenet-calibration-200.json", "utf8"));
  const others = readdirSync(join(data, "imagenet-sample/images")).filter((name) => !chosen.includes(name));
  const calibration = await photos(chosen, 20);
  return {
    name: "squeezenet1.1-imagenet",
    title: "SqueezeNet 1.1 on 500 ImageNet photos",
    subject: open("squeezenet1.1-imagenet"),
    calibration: calibration.feeds,
    test: await photos(others.sort(), 20),
  };
}

function open(name) {
  return openSubject(new Uint8Array(readFileSync(join(data, "onnx", `${name}.onnx`))));
}

function cifar(file, picked, batch) {
  const raw = gunzipSync(readFileSync(join(data, "cifar10", `${file}.bin.gz`)));
  const labels = picked.map((i) => raw[i * 3073]);
  return {
    labels,
    feeds: batched(picked, batch, [3, 32, 32], "input", (i, out) => {
      for (let p = 0; p < 3072; p++) out[p] = (raw[i * 3073 + 1 + p] / 255 - MEAN[p >> 10]) / STD[p >> 10];
    }),
  };
}

async function photos(names, batch) {
  const images = [];
  for (const name of names) {
    const path = join(data, "imagenet-sample/images", name);
    const { width, height } = await sharp(path).metadata();
    const scale = 256 / Math.min(width, height);
    const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
    const crop = { left: (w - 224) >> 1, top: (h - 224) >> 1, width: 224, height: 224 };
    const resized = sharp(path).resize(w, h, { fit: "fill" }).removeAlpha().toColourspace("srgb");
    images.push(await resized.extract(crop).raw().toBuffer());
  }
  const size = 224 * 224;
  return {
    labels: names.map((name) => Number.parseInt(name, 10)),
    feeds: batched([...images.keys()], batch, [3, 224, 224], "data", (i, out) => {
      for (let p = 0; p < 3 * size; p++) {
        const c = Math.floor(p / size);
        out[p] = (images[i][(p % size) * 3 + c] / 255 - MEAN[c]) / STD[c];
      }
    }),
  };
}

function batched(picked, batch, shape, name, fill) {
  const width = shape.reduce((product, dim) => product * dim, 1);
  const feeds = [];
  for (let start = 0; start < picked.length; start += batch) {
    const rows = picked.slice(start, start + batch);
    const x = new Float32Array(rows.length * width);
    for (const [r, i] of rows.entries()) fill(i, x.subarray(r * width, (r + 1) * width));
    feeds.push({ [name]: { dataType: 1, dims: [rows.length, ...shape], data: x } });
  }
  return feeds;
}
