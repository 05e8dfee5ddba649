// MNIST, both splits.

import { mnistSet } from "../formats/mnist.js";
import type { LabelledSet } from "../set/labelled-set.js";
import type { DataPlace } from "./data-place.js";
import { readFromFolder, readPublished } from "./find-data.js";
import type { ImageLoadOptions } from "./image-load-options.js";
import type { PublishedFile } from "./published-file.js";
import type { TrainAndTest } from "./train-and-test.js";
import { unpack } from "./unpack.js";

const MIRRORS = [
  "https://ossci-datasets.s3.amazonaws.com/mnist",
  "https://storage.googleapis.com/cvdf-datasets/mnist",
];

interface Part {
  readonly packed: number;
  readonly sha256: string;
  readonly unpacked: number;
}

const PARTS: Readonly<Record<string, Part>> = {
  "train-images-idx3-ubyte": {
    packed: 9_912_422,
    sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    unpacked: 47_040_016,
  },
  "train-labels-idx1-ubyte": {
    packed: 28_881,
    sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    unpacked: 60_008,
  },
  "t10k-images-idx3-ubyte": {
    packed: 1_648_877,
    sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    unpacked: 7_840_016,
  },
  "t10k-labels-idx1-ubyte": {
    packed: 4542,
    sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    unpacked: 10_008,
  },
};

/** 60,000 and 10,000 digits. Values from 0 to 1 unless asked otherwise. @throws EspalierError `DATA_MISSING`, `ABORTED`; reading errors */
export async function loadMnist(options: ImageLoadOptions = {}): Promise<TrainAndTest<"float32">> {
  return { train: await half("train", options), test: await half("t10k", options) };
}

async function half(prefix: "train" | "t10k", options: ImageLoadOptions): Promise<LabelledSet<"float32">> {
  const { normalise } = options;
  return mnistSet({
    name: `mnist ${prefix === "train" ? "train" : "test"}`,
    images: await unpackedPart(options, `${prefix}-images-idx3-ubyte`),
    labels: await unpackedPart(options, `${prefix}-labels-idx1-ubyte`),
    ...(normalise ? { normalise } : {}),
  });
}

async function unpackedPart(place: DataPlace, name: string): Promise<Uint8Array> {
  const { packed, sha256, unpacked } = PARTS[name] as Part;
  const path = `mnist/${name}.gz`;
  const paths = [path, `mnist/${name}`, `MNIST/raw/${name}.gz`, `MNIST/raw/${name}`];
  const found = await readFromFolder(place, paths, unpacked);
  if (found !== null) return found;
  const urls = MIRRORS.map((mirror) => `${mirror}/${name}.gz`);
  const file: PublishedFile = { path, urls, bytes: packed, sha256 };
  return unpack(await readPublished(place, file, { set: "MNIST", builtIn: "digits" }), unpacked, path);
}
