// Runs a model over the calibration inputs piece by piece, in topological order, holding only the values that
// later nodes still read. Weights may change ahead of the frontier while it moves: that is how a network is
// reconstructed layer by layer on what its own earlier, already smaller layers compute.

import {
  capturedValues,
  type DataTypeCode,
  EspalierError,
  type Facts,
  type Model,
  type Node,
  type Value,
} from "@espalier/ir";
import { modelBytes } from "../parity/parity.js";
import type { Feeds, RunLimits, Runtime, RuntimeTensor, Session } from "../runtime.js";
import { extractModel } from "./extract.js";

export interface RunOptions {
  readonly runtime: Runtime;
  /** Given: the model runs where it can be stopped. Absent: in this process. */
  readonly limits?: RunLimits;
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/** One tensor a batch of inputs. */
export type Batches = readonly RuntimeTensor[];

export class Frontier {
  readonly #options: RunOptions;
  readonly #model: Model;
  readonly #facts: Facts;
  readonly #order: readonly Node[];
  readonly #pinned = new Set<Value>();
  readonly #held = new Map<Value, Batches>();
  readonly #lastReader = new Map<Value, number>();
  #position = 0;

  /** @param pinned values that stay at hand, once computed, until they are released */
  constructor(
    model: Model,
    facts: Facts,
    order: readonly Node[],
    inputs: readonly Feeds[],
    pinned: Iterable<Value>,
    options: RunOptions,
  ) {
    this.#options = options;
    this.#model = model;
    this.#facts = facts;
    this.#order = order;
    for (const value of pinned) this.#pinned.add(value);
    for (const input of model.graph.inputs) {
      if (input.initializer !== null) continue;
      this.#held.set(
        input,
        inputs.map((feeds, i) => requireFeed(feeds, input.name, i)),
      );
    }
    for (const [i, node] of order.entries()) for (const value of readBy(node)) this.#lastReader.set(value, i);
  }

  /** The position behind a node. */
  behind(node: Node): number {
    return this.#order.indexOf(node) + 1;
  }

  /** Computes everything before position `to`. */
  async advance(to: number): Promise<void> {
    if (to <= this.#position) return;
    const segment = this.#order.slice(this.#position, to);
    const made = new Set(segment.flatMap((node) => node.outputs).filter((value) => value !== null));
    const inputs = new Map<Value, DataTypeCode>();
    for (const node of segment) {
      for (const value of readBy(node)) {
        const first = made.has(value) ? undefined : this.#held.get(value)?.[0];
        if (first !== undefined) inputs.set(value, first.dataType);
      }
    }
    const outputs = new Map<Value, DataTypeCode | null>();
    for (const value of made)
      if (this.#pinned.has(value) || (this.#lastReader.get(value) ?? -1) >= to)
        outputs.set(value, this.#facts.dataType(value));
    if (outputs.size > 0) await this.#run(inputs, outputs);
    this.#position = to;
    for (const value of this.#held.keys())
      if (!this.#pinned.has(value) && (this.#lastReader.get(value) ?? -1) < to) this.#held.delete(value);
  }

  /** A value that was computed and is still at hand. */
  get(value: Value): Batches {
    const batches = this.#held.get(value);
    if (batches === undefined) throw new Error(`"${value.name}" is not at the frontier`);
    return batches;
  }

  has(value: Value): boolean {
    return this.#held.has(value);
  }

  release(value: Value): void {
    this.#pinned.delete(value);
    if ((this.#lastReader.get(value) ?? -1) < this.#position) this.#held.delete(value);
  }

  async #run(
    inputs: ReadonlyMap<Value, DataTypeCode>,
    outputs: ReadonlyMap<Value, DataTypeCode | null>,
  ): Promise<void> {
    const session = await openModel(extractModel(this.#model, inputs, outputs), this.#options);
    try {
      const count = [...this.#held.values()][0]?.length ?? 0;
      const results = new Map<Value, RuntimeTensor[]>([...outputs.keys()].map((value) => [value, []]));
      for (let i = 0; i < count; i++) {
        const feeds = Object.fromEntries(
          [...inputs.keys()].map((value) => [value.name, this.get(value)[i] as RuntimeTensor]),
        );
        const computed = await session.run(feeds);
        for (const [value, batches] of results) batches.push(computed[value.name] as RuntimeTensor);
      }
      for (const [value, batches] of results) this.#held.set(value, batches);
    } finally {
      await session.dispose();
    }
  }
}

/** Opens a session on a model as the options say. */
export async function openModel(model: Model, options: RunOptions): Promise<Session> {
  const { runtime, limits, threads, signal } = options;
  const load = {
    spinning: false,
    ...(threads === undefined ? {} : { threads }),
    ...(signal === undefined ? {} : { signal }),
  };
  const bytes = modelBytes(model);
  return limits === undefined
    ? runtime.load(bytes, load)
    : runtime.loadUntrusted(bytes, { ...load, ...limits });
}

/** Everything a node reads, also from inside its subgraphs. */
export function readBy(node: Node): Value[] {
  const direct = node.inputs.filter((value) => value !== null);
  return node.subgraphs.length === 0 ? direct : [...direct, ...capturedValues(node)];
}

function requireFeed(feeds: Feeds, name: string, i: number): RuntimeTensor {
  const tensor = feeds[name];
  if (tensor !== undefined) return tensor;
  throw new EspalierError("INVALID_OPTION", "A calibration input is incomplete", {
    where: `calibration input ${i}`,
    expected: `a tensor for "${name}"`,
    found: Object.keys(feeds).join(", ") || "nothing",
  });
}
