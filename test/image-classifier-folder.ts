// Hugging Face folders as tests need them: a real classifier of the data folder, its input and output named as
// transformers.js calls them, with the settings of an image classifier around it.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { concatChunks, readModel, writeModel } from "@espalier/ir";
import { dataFolder, readModelBytes } from "./data-folder.js";

interface ClassifierSettings {
  /** Name in the data folder. */
  readonly network: string;
  readonly labels: readonly string[];
  readonly preprocessor: Readonly<Record<string, unknown>>;
}

/** ResNet-20 for CIFAR-10: small enough to be pruned in a second. */
export const CIFAR: ClassifierSettings = {
  network: "cifar10-resnet20",
  labels: "airplane automobile bird cat deer dog frog horse ship truck".split(" "),
  preprocessor: {
    image_processor_type: "ViTImageProcessor",
    do_resize: true,
    size: { height: 32, width: 32 },
    resample: 2,
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: [0.485, 0.456, 0.406],
    image_std: [0.229, 0.224, 0.225],
  },
};

/** SqueezeNet 1.1 for ImageNet, with the processor that real ResNets have: short side 224 / 0.875, centre 224. */
export function squeezeNet(): ClassifierSettings {
  const classes = readFileSync(join(dataFolder ?? "", "imagenet-sample/classes.tsv"), "utf8");
  return {
    network: "squeezenet1.1-imagenet",
    labels: classes
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split("\t").at(-1) ?? ""),
    preprocessor: {
      feature_extractor_type: "ConvNextFeatureExtractor",
      crop_pct: 0.875,
      do_normalize: true,
      do_resize: true,
      image_mean: [0.485, 0.456, 0.406],
      image_std: [0.229, 0.224, 0.225],
      resample: 2,
      size: { shortest_edge: 224 },
    },
  };
}

/** The network with `pixel_values` in and `logits` out. */
export function classifierBytes(network: string): Uint8Array {
  const model = readModel(readModelBytes(network));
  const [input] = model.graph.inputs;
  const [output] = model.graph.outputs;
  if (input === undefined || output === undefined) throw new Error(`${network} has no input or output`);
  input.name = "pixel_values";
  output.name = "logits";
  return concatChunks(writeModel(model).chunks);
}

/** Writes the folder; `onnx/<file>` holds the network. */
export function writeClassifierFolder(
  folder: string,
  { network, labels, preprocessor }: ClassifierSettings,
  { file = "model.onnx", config = {} }: { readonly file?: string; readonly config?: object } = {},
): void {
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  mkdirSync(join(folder, "onnx"), { recursive: true });
  writeFileSync(join(folder, "onnx", file), classifierBytes(network));
  writeFileSync(join(folder, "preprocessor_config.json"), json(preprocessor));
  writeFileSync(
    join(folder, "config.json"),
    json({
      _name_or_path: `espalier-test/${network}`,
      architectures: ["ResNetForImageClassification"],
      model_type: "resnet",
      id2label: Object.fromEntries(labels.map((label, index) => [index, label])),
      label2id: Object.fromEntries(labels.map((label, index) => [label, index])),
      ...config,
    }),
  );
  writeFileSync(
    join(folder, "README.md"),
    "---\nlicense: apache-2.0\npipeline_tag: image-classification\ntags:\n  - vision\n---\n\n# A classifier\n",
  );
}
