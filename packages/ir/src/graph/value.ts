// A value: one edge bundle of the graph, with at most one producer and any number of consumers.
// Follows onnx/ir-py: object references, not names; the name is only what viewers and files show.

import type { DataTypeCode } from "../data-type.js";
import type { Dim } from "../dim.js";
import type { Tensor } from "../tensor.js";
import type { Node } from "./node.js";

/** The declared type of a value; the file may say nothing, or only the element type. */
export type ValueType =
  | {
      readonly kind: "tensor";
      readonly dataType: DataTypeCode;
      readonly shape: readonly Dim[] | null;
      readonly residue?: unknown;
    }
  /** Sequences, maps, optionals, sparse tensors: passed through. */
  | { readonly kind: "opaque"; readonly residue: unknown };

export class Value {
  name: string;
  /** What the file declares. Inference keeps its results apart (`Facts`). */
  type: ValueType | null = null;
  docString = "";
  metadataProps: ReadonlyMap<string, string> = new Map();
  residue: unknown = undefined;
  /** Set for initialisers: the constant this value holds, or its default when it is a graph input too. */
  initializer: Tensor | null = null;
  /** Set instead for sparse initialisers, which only pass through. */
  sparseInitializer: unknown = undefined;

  #producer: Node | null = null;
  readonly #consumers = new Set<Node>();

  constructor(name: string, type: ValueType | null = null) {
    this.name = name;
    this.type = type;
  }

  /** The node that computes it; null for graph inputs and initialisers. */
  get producer(): Node | null {
    return this.#producer;
  }

  /** The nodes that read it, in any graph: also nodes of subgraphs that capture it. */
  get consumers(): ReadonlySet<Node> {
    return this.#consumers;
  }

  /** For {@link Node} only: keeps the two ends of an edge in step. */
  static link = {
    produce(value: Value, node: Node | null): void {
      value.#producer = node;
    },
    consume(value: Value, node: Node): void {
      value.#consumers.add(node);
    },
    release(value: Value, node: Node): void {
      value.#consumers.delete(node);
    },
  };
}
