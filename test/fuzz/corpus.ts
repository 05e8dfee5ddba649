// What the mutators start from: every topology (written as bytes), the hand-made files below, every finding, and the
// small real models where ESPALIER_DATA names them.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { modelBytes } from "@espalier/core";
import { dataFolder, modelNames, readModelBytes } from "../data-folder.js";
import {
  call, externalTensor, graph, graphAttr, intAttr, localFunction, model, modelOf, node, packed, tensor, tensorAttr,
  valueInfo, zeros,
} from "../hostile/onnx-wire.js"; // biome-ignore format: a list
import { int, len, text, utf8 } from "../hostile/wire.js";
import { CONVOLUTIONAL } from "../topologies/convolutional.js";
import { REGROUPING } from "../topologies/regrouping.js";
import { buildTopology } from "../topologies/topology.js";
import { type Seedling, seedling } from "./mutate.js";

const LARGEST_REAL = 60_000;

export function fuzzCorpus(foundFolder: string | null = null): Seedling[] {
  const topologies = [...CONVOLUTIONAL, ...REGROUPING].map((topology) =>
    seedling(topology.name, modelBytes(buildTopology(topology, 1))),
  );
  const made = Object.entries(HAND_MADE).map(([name, bytes]) => seedling(name, bytes));
  const real = modelNames
    .map((name) => (dataFolder === null ? null : seedling(name, readModelBytes(name))))
    .filter((one): one is Seedling => one !== null && one.bytes.byteLength <= LARGEST_REAL);
  return [...topologies, ...made, ...real, ...findings(foundFolder)];
}

function findings(folder: string | null): Seedling[] {
  if (folder === null || !existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".onnx"))
    .sort()
    .map((name) => seedling(name, new Uint8Array(readFileSync(join(folder, name)))));
}

const inner = graph({ nodes: [node("Relu", ["x"], ["z"])], inputs: [], outputs: [valueInfo("z")] });

/** Features of the format that no topology has. */
const HAND_MADE: Readonly<Record<string, Uint8Array>> = {
  relu: modelOf(),
  subgraphs: modelOf({
    nodes: [node("If", ["c"], ["y"], graphAttr("then_branch", inner), graphAttr("else_branch", inner))],
    inputs: [valueInfo("x"), valueInfo("c", [], 9)],
  }),
  functions: modelOf(
    { nodes: [call("twice", ["x"], ["m"]), call("once", ["m"], ["y"])] },
    localFunction("once", [node("Relu", ["a"], ["b"])]),
    localFunction("twice", [call("once", ["a"], ["c"]), call("once", ["c"], ["b"])]),
    len(8, text(1, "f"), int(2, 1)),
  ),
  "typed data": modelOf({
    nodes: [
      node("Add", ["x", "w"], ["y"]),
      node(
        "Constant",
        [],
        ["k"],
        tensorAttr("value", tensor({ dims: [2], type: 7, more: [packed(7, [1, -1])] })),
      ),
    ],
    initializers: [
      tensor({ name: "w", dims: [2], more: [len(4, new Uint8Array(8))] }),
      tensor({ name: "h", dims: [2], type: 10, more: [packed(5, [1, 2])] }),
      tensor({ name: "s", dims: [2], type: 8, more: [len(6, utf8("a")), len(6, utf8("b"))] }),
      tensor({ name: "d", dims: [1], type: 11, more: [len(10, new Uint8Array(8))] }),
      tensor({ name: "u", dims: [2], type: 13, more: [packed(11, [1, 2])] }),
      tensor({ name: "n", dims: [3], type: 22, raw: new Uint8Array(2) }),
    ],
  }),
  "external data": modelOf({
    initializers: [
      externalTensor(
        "w",
        [2],
        [
          ["location", "w.bin"],
          ["offset", "0"],
          ["length", "8"],
        ],
      ),
      externalTensor(
        "v",
        [2],
        [
          ["location", "w.bin"],
          ["offset", "8"],
        ],
      ),
    ],
  }),
  "sparse, metadata, training, annotations": modelOf(
    {
      initializers: [zeros("w", [2, 2])],
      more: [
        len(
          15,
          len(1, tensor({ name: "sp", dims: [1], raw: new Uint8Array(4) })),
          len(2, tensor({ dims: [1], type: 7, raw: new Uint8Array(8) })),
          int(3, 4),
        ),
        len(14, text(1, "w"), len(2, text(1, "SCALE_TENSOR"), text(2, "s"))),
        len(16, text(1, "k"), text(2, "v")),
      ],
    },
    len(14, text(1, "key"), text(2, "value")),
    len(20, len(2, inner), len(3, text(1, "w"), text(2, "x"))),
    len(26, text(1, "cfg"), int(2, 2), text(3, "cpu")),
  ),
  "types of values": modelOf({
    inputs: [valueInfo("x", ["N", 3, -1, 0]), valueInfo("e", [1])],
    values: [
      len(2, len(4, len(1, len(1, int(1, 1))))),
      len(2, len(5, int(1, 7), len(2, len(1, int(1, 1))))),
    ].map((type, i) => new Uint8Array([...text(1, `v${i}`), ...type])),
  }),
  attributes: model(
    graph({
      nodes: [
        node(
          "Op",
          ["x"],
          ["y"],
          text(7, "custom"),
          intAttr("i", 3),
          len(5, text(1, "fs"), int(20, 6), len(7, new Uint8Array(8))),
          len(5, text(1, "ns"), int(20, 7), packed(8, [1, 2])),
          len(5, text(1, "ss"), int(20, 8), len(9, utf8("a"))),
        ),
      ],
    }),
    len(8, text(1, "custom"), int(2, 1)),
  ),
};
