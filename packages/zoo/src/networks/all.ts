// Every network of the zoo with its paper and its input: what tables and tests go through.

import type { Model } from "@espalier/ir";
import { resnet20, resnet32, resnet56, resnet110 } from "./cifar-resnet.js";
import { conv2, conv4, conv6 } from "./conv-net.js";
import { lenet5 } from "./lenet-5.js";
import { lenet300100 } from "./lenet-300-100.js";
import { llama } from "./llama.js";
import { mobilenetV1 } from "./mobilenet-v1.js";
import { mobilenetV2 } from "./mobilenet-v2.js";
import { resnet50 } from "./resnet-50.js";
import { textTransformer } from "./text-transformer.js";
import { vgg16 } from "./vgg-16.js";

export interface ZooNetwork {
  readonly title: string;
  /** Name of the builder. */
  readonly builder: string;
  readonly paper: string;
  readonly build: (options?: { readonly seed?: number }) => Model;
  /** Symbolic dimensions, beside the batch, at which MACs are counted. */
  readonly dims?: Readonly<Record<string, number>>;
}

export const ZOO_NETWORKS: readonly ZooNetwork[] = [
  {
    title: "LeNet-300-100",
    builder: "lenet300100",
    paper: "Han et al. 2015, table 2",
    build: lenet300100,
  },
  { title: "LeNet-5 (Caffe)", builder: "lenet5", paper: "Han et al. 2015, table 3", build: lenet5 },
  { title: "Conv-2", builder: "conv2", paper: "Frankle & Carbin 2019, figure 2", build: conv2 },
  { title: "Conv-4", builder: "conv4", paper: "Frankle & Carbin 2019, figure 2", build: conv4 },
  { title: "Conv-6", builder: "conv6", paper: "Frankle & Carbin 2019, figure 2", build: conv6 },
  { title: "VGG-16 (CIFAR)", builder: "vgg16", paper: "Li et al. 2017, table 1", build: vgg16 },
  { title: "ResNet-20", builder: "resnet20", paper: "He et al. 2016, table 6", build: resnet20 },
  { title: "ResNet-32", builder: "resnet32", paper: "He et al. 2016, table 6", build: resnet32 },
  { title: "ResNet-56", builder: "resnet56", paper: "He et al. 2016, table 6", build: resnet56 },
  { title: "ResNet-110", builder: "resnet110", paper: "He et al. 2016, table 6", build: resnet110 },
  { title: "ResNet-50", builder: "resnet50", paper: "He et al. 2016, table 1", build: resnet50 },
  { title: "MobileNetV1", builder: "mobilenetV1", paper: "Howard et al. 2017, table 1", build: mobilenetV1 },
  { title: "MobileNetV2", builder: "mobilenetV2", paper: "Sandler et al. 2018, table 2", build: mobilenetV2 },
  {
    title: "Text transformer",
    builder: "textTransformer",
    paper: "Vaswani et al. 2017, §3; Devlin et al. 2019",
    build: textTransformer,
  },
  {
    title: "Llama (260K)",
    builder: "llama",
    paper: "Touvron et al. 2023; llama2.c",
    build: llama,
    dims: { T: 16 },
  },
];
