// A model: the main graph with the versions and metadata of its file.

import type { Graph } from "./graph.js";

export interface ModelInit {
  readonly graph: Graph;
  readonly irVersion?: number;
  readonly opsets?: ReadonlyMap<string, number> | Readonly<Record<string, number>>;
}

export class Model {
  graph: Graph;
  irVersion: number;
  /** Domain → version; "" is ai.onnx. */
  readonly opsets: Map<string, number>;
  producerName = "";
  producerVersion = "";
  domain = "";
  modelVersion = 0n;
  docString = "";
  readonly metadataProps: Map<string, string> = new Map();
  /** Local functions, passed through: (domain, name) pairs say which calls they answer. */
  functions: readonly LocalFunction[] = [];
  residue: unknown = undefined;

  constructor(init: ModelInit) {
    this.graph = init.graph;
    this.irVersion = init.irVersion ?? 8;
    const { opsets = { "": 17 } } = init;
    this.opsets = new Map(opsets instanceof Map ? opsets : Object.entries(opsets));
  }

  /** Version of the operator set of `domain`; 0 when the model does not import it. */
  opset(domain: string): number {
    return this.opsets.get(domain === "ai.onnx" ? "" : domain) ?? 0;
  }
}

export interface LocalFunction {
  readonly domain: string;
  readonly name: string;
  readonly overload: string;
  readonly residue: unknown;
}
