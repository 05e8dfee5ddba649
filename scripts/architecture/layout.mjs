// The house rules as data: who may import whom, and which folders are pure. `docs/architecture.md` has the reasons.

/** Packages of this workspace that the sources of a package may import. Apps may import all of them. */
export const mayImport = /** @type {Record<string, string[]>} */ ({
  ir: [],
  core: ["ir"],
  train: ["ir", "core"],
  // targets; they never import each other
  cpu: ["ir", "core"],
  web: ["ir", "core"],
  tensorrt: ["ir", "core"],
  tflite: ["ir", "core"],
  // beside the line
  report: ["ir", "core"],
  interchange: ["ir", "core"],
  zoo: ["ir", "core"],
  deploy: ["ir", "core"],
  data: ["ir", "core"],
  calibration: ["ir", "core", "interchange", "data"],
  "runtime-node": ["ir", "core"],
  "runtime-web": ["ir", "core"],
  // pages of deploy programs, and what builds and serves them
  page: ["ir", "core", "report", "interchange", "deploy", "runtime-node", "runtime-web"],
  // TFLite interpreters, in the children and browsers of the other two
  "runtime-tflite": ["ir", "core", "tflite", "runtime-node", "runtime-web"],
});

/** Modules that only one package may import. */
export const reserved = /** @type {Record<string, string>} */ ({
  "@bufbuild/protobuf": "ir",
  flatbuffers: "tflite",
});

/** Bytes in, bytes out: no Node, no network, no clock, no chance. What they need is handed in. */
export const purePackages = ["ir", "core", "train", "report", "interchange", "zoo", "tflite", "tensorrt"];

/** Entries that must load in a browser; their Node parts live in `src/node/`. */
export const browserSafePackages = ["cpu", "web", "runtime-web", "runtime-tflite", "data", "page"];

/** The only folders that may ask a node for its operator type. */
export const opTypeFolders = [
  "packages/ir/src/ops/",
  "packages/core/src/ops/",
  "packages/train/src/gradients/",
  "packages/tflite/src/lower/",
];

/** Names that say nothing about what is inside. */
export const emptyNames = /^(utils?|common|helpers?|misc)$/;
