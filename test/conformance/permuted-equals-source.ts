// Puts the units of every coupled group in a random order, and lets ONNX Runtime judge that nothing changed.

import {
  arrangementOf,
  compareOutput,
  type Feeds,
  type GroupAnalysis,
  type HandlerRegistry,
  type KeptUnits,
  maskedReference,
  modelBytes,
  type Random,
  type Runtime,
  type RuntimeTensor,
  randomInputs,
  seededRandom,
  sliceModel,
} from "@espalier/core";
import { type Facts, inferFacts, type Model } from "@espalier/ir";

/**
 * Random units of every group in random order, each factor's among themselves; all of them unless `remove` is set.
 * Factors whose order matters keep it.
 */
export function randomArrangement(analysis: GroupAnalysis, seed: number, remove: boolean): KeptUnits[] {
  const random = seededRandom(seed, "arrangement");
  return analysis.groups.map(({ id, width, factors }) => {
    const keep: number[] = [];
    for (const [factor, offset] of factors) {
      const size = factor.size as number;
      const count = remove ? random.integer(1, size) : size;
      const chosen = random.sample(size, count);
      if (factor.ordered === null) shuffle(chosen, random);
      keep.push(...chosen.map((index) => offset + index));
    }
    return { group: id, width, keep };
  });
}

function shuffle(items: number[], random: Random): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.integer(0, i);
    [items[i], items[j]] = [items[j] as number, items[i] as number];
  }
}

export interface Permuted {
  readonly maxRel: number;
  /** Groups whose units lie otherwise than before. */
  readonly moved: number;
}

/** The arranged model against the source, in which what was removed is neutralised. */
export async function permutedAgainstSource(
  model: Model,
  facts: Facts,
  analysis: GroupAnalysis,
  handlers: HandlerRegistry,
  kept: readonly KeptUnits[],
  runtime: Runtime,
  options: {
    readonly seed: number;
    readonly bindings: Readonly<Record<string, number>>;
    /** What the network takes, from what was drawn. */
    readonly inputs?: (drawn: Feeds) => Feeds;
  },
): Promise<Permuted> {
  const { removal, orders } = arrangementOf(analysis, kept);
  const arranged = modelBytes(sliceModel(model, facts, analysis, removal, handlers, orders));
  const reference = modelBytes(maskedReference(model, facts, analysis, removal, handlers));
  const bound = inferFacts(model, { bindings: options.bindings });
  const [drawn = {}] = randomInputs(model, bound, handlers, { seed: options.seed, count: 1 });
  const feeds = options.inputs?.(drawn) ?? drawn;
  return { maxRel: largest(await outputs(reference), await outputs(arranged)), moved: orders.size };

  async function outputs(bytes: Uint8Array) {
    const session = await runtime.load({ bytes }, { threads: 1, spinning: false, optimisation: "basic" });
    try {
      return await session.run(feeds);
    } finally {
      await session.dispose();
    }
  }
}

type Outputs = Readonly<Record<string, RuntimeTensor>>;

function largest(expected: Outputs, actual: Outputs): number {
  const errors = Object.entries(expected).map(([name, tensor]) => {
    const other = actual[name];
    return other === undefined ? Number.POSITIVE_INFINITY : compareOutput(name, tensor, other).maxRel;
  });
  return Math.max(...errors);
}
