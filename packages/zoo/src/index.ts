// Networks of the papers

export { ZOO_NETWORKS, type ZooNetwork } from "./networks/all.js";
export { resnet20, resnet32, resnet56, resnet110 } from "./networks/cifar-resnet.js";
export { type ConvNetOptions, conv2, conv4, conv6 } from "./networks/conv-net.js";
export { lenet5 } from "./networks/lenet-5.js";
export { lenet300100 } from "./networks/lenet-300-100.js";
export { type LlamaConfig, LONGEST_LLAMA, llama, STORIES_260K } from "./networks/llama.js";
export { mobilenetV1 } from "./networks/mobilenet-v1.js";
export { mobilenetV2 } from "./networks/mobilenet-v2.js";
export type {
  ConvolutionalOptions,
  DropoutOptions,
  NetworkOptions,
  ResolutionOptions,
} from "./networks/options.js";
export { resnet50 } from "./networks/resnet-50.js";
export { type TextTransformerOptions, textTransformer } from "./networks/text-transformer.js";
export { vgg16 } from "./networks/vgg-16.js";
export { countTrained, isParameterName, isStatisticName, namedWeights } from "./parameters.js";

// Checkpoints

export {
  type ReadSafetensorsOptions,
  readSafetensors,
  type Safetensors,
  writeSafetensors,
} from "@espalier/core";
export { type ImportedLlama, importLlama2c } from "./checkpoints/llama2c.js";
export { type LoadedWeights, type LoadWeightsOptions, loadWeights } from "./checkpoints/load-weights.js";

// To write more networks

export { glorotNormal } from "./initialise/glorot-normal.js";
export { heNormal } from "./initialise/he-normal.js";
export { type Fans, fansOf, type Initialiser } from "./initialise/initialiser.js";
export { normal } from "./initialise/normal.js";
export { caffeXavier, fanInUniform, glorotUniform } from "./initialise/uniform.js";
export { type ConvOptions, Layers, type LinearOptions } from "./layers/layers.js";
export { seededWeights, type WeightSource } from "./layers/weight-source.js";
