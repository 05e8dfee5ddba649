// Nodes of every operator with operands and attributes drawn at random, most of them senseless: a view or an
// inference refuses with INVALID_NODE, SHAPE_MISMATCH or OVERFLOW, and nothing else ever comes out.

import { describe, expect, it } from "vitest";
import { DataType } from "../data-type.js";
import { symbol } from "../dim.js";
import { isEspalierError } from "../errors.js";
import type { Attribute, AttributeValue } from "../graph/attribute.js";
import { Graph } from "../graph/graph.js";
import { Model } from "../graph/model.js";
import { Value } from "../graph/value.js";
import { inferFacts } from "../shape/infer.js";
import { floatTensor, int64Tensor, rawTensor } from "../tensor.js";
import { OP_DEFINITIONS } from "./all.js";

const NODES_PER_OPERATOR = 150;
const REFUSALS = ["INVALID_NODE", "SHAPE_MISMATCH", "OVERFLOW"] as const;
const OPSETS = [4, 7, 9, 10, 11, 13, 14, 18, 21, 24];
const SIZES = [0, 1, 1, 2, 3, 5, 2 ** 31, 2 ** 53 - 1];
const NUMBERS = [-(2 ** 53) + 1, -(2 ** 31), -5, -2, -1, 0, 0, 1, 1, 2, 3, 4, 7, 1000, 2 ** 31, 2 ** 53 - 1];
const NAMES = [
  ...[
    "axis",
    "axes",
    "kernel_shape",
    "strides",
    "pads",
    "dilations",
    "group",
    "auto_pad",
    "ceil_mode",
    "perm",
    "to",
  ],
  ...[
    "output_shape",
    "output_padding",
    "starts",
    "ends",
    "split",
    "num_outputs",
    "k",
    "scales",
    "sizes",
    "mode",
  ],
  ...[
    "hidden_size",
    "direction",
    "layout",
    "equation",
    "blocksize",
    "shape",
    "value",
    "value_ints",
    "dtype",
    "size",
  ],
  ...[
    "keepdims",
    "noop_with_empty_axes",
    "num_scan_inputs",
    "scan_input_axes",
    "body",
    "then_branch",
    "else_branch",
  ],
  ...[
    "batch_dims",
    "start",
    "end",
    "border",
    "scale",
    "K",
    "N",
    "block_size",
    "num_groups",
    "output_height",
    "bits",
  ],
];
const TEXTS = [
  "",
  "SAME_UPPER",
  "VALID",
  "bidirectional",
  "ij,jk->ik",
  "...a,b->",
  "->",
  "CRD",
  "edge",
  "linear",
];

class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed;
  }
  below(n: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * n);
  }
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
  list<T>(longest: number, make: () => T): T[] {
    return Array.from({ length: this.below(longest + 1) }, make);
  }
}

describe("malformed nodes", () => {
  for (const [seed, definition] of OP_DEFINITIONS.entries()) {
    it(`${definition.domain}:${definition.opType}: is refused or read, never a crash`, () => {
      const random = new Random(seed);
      for (let i = 0; i < NODES_PER_OPERATOR; i++) {
        const graph = new Graph("g");
        const node = graph.addNode({
          opType: definition.opType,
          domain: definition.domain,
          inputs: random.list(6, () => operand(random, graph)),
          outputs: random.list(3, () =>
            random.below(5) === 0 ? null : new Value(`y${random.below(2 ** 30)}`),
          ),
          attributes: Object.fromEntries(random.list(8, () => [random.pick(NAMES), attribute(random)])),
        });
        const model = new Model({ graph, opsets: { "": random.pick(OPSETS) } });
        const facts = inferFacts(model);
        for (const output of node.outputs) {
          if (output === null) continue;
          for (const dim of facts.shape(output) ?? []) {
            if (typeof dim === "number") expect(Number.isSafeInteger(dim) && dim >= 0).toBe(true);
          }
        }
        try {
          definition.infer(definition.view(node, facts), facts, node);
        } catch (error) {
          if (!REFUSALS.some((code) => isEspalierError(error, code))) throw error;
        }
      }
    });
  }
});

function operand(random: Random, graph: Graph): Value | null {
  const name = `v${graph.inputs.length + graph.initializers.size}`;
  switch (random.below(6)) {
    case 0:
      return null;
    case 1:
      return new Value(name);
    case 2: {
      const values = random.list(5, () => random.pick(NUMBERS));
      const dims = values.length === 1 && random.below(2) === 0 ? [] : [values.length];
      return graph.addInitializer(name, int64Tensor(dims, values));
    }
    case 3: {
      const values = random.list(5, () =>
        random.pick([0, 0.5, -1, 2, 1e30, Number.NaN, Number.POSITIVE_INFINITY]),
      );
      return graph.addInitializer(name, floatTensor([values.length], values));
    }
    default: {
      const dims = random.list(5, () => (random.below(4) === 0 ? symbol("N") : random.pick(SIZES)));
      const dataType = random.pick([DataType.FLOAT, DataType.INT64, DataType.BOOL, DataType.STRING, 99]);
      return graph.addInput(name, { kind: "tensor", dataType, shape: random.below(5) === 0 ? null : dims });
    }
  }
}

function attribute(random: Random): Attribute {
  const int = (): bigint => BigInt(random.pick(NUMBERS));
  const makers: (() => AttributeValue)[] = [
    () => ({ kind: "int", value: int() }),
    () => ({ kind: "int", value: random.pick([0n, 1n, 2n]) }),
    () => ({ kind: "ints", value: random.list(8, int) }),
    () => ({ kind: "ints", value: random.list(4, () => random.pick([0n, 1n, 2n])) }),
    () => ({ kind: "float", value: random.pick([0, 1.5, -1, Number.NaN]) }),
    () => ({ kind: "floats", value: random.list(4, () => random.pick([0, 1.5, -1])) }),
    () => ({ kind: "string", value: Uint8Array.from(random.pick(TEXTS), (c) => c.charCodeAt(0)) }),
    () => ({ kind: "tensor", value: int64Tensor([1], [random.pick(NUMBERS)]) }),
    () => ({ kind: "tensor", value: rawTensor(DataType.STRING, [2], new Uint8Array(3)) }),
    () => ({ kind: "graph", value: new Graph("inner") }),
    () => ({ kind: "opaque", value: null }),
  ];
  return { value: random.pick(makers)() };
}
