// Removes random units of a model's groups twice, by slicing and by masking, and lets ONNX Runtime judge.

import {
  type CoupledGroup,
  compareOutput,
  type Factor,
  type Feeds,
  type GroupAnalysis,
  type HandlerRegistry,
  maskedReference,
  modelBytes,
  type Removal,
  type RuntimeTensor,
  randomInputs,
  seededRandom,
  sliceModel,
} from "@espalier/core";
import { DataType, type Facts, inferFacts, isStaticShape, type Model, readModel } from "@espalier/ir";
import * as ort from "onnxruntime-node";

/** Nothing of `groups` but the given units; every group keeps at least one. */
export function randomRemoval(groups: readonly CoupledGroup[], seed: number): Removal {
  const random = seededRandom(seed, "conformance");
  const removal = new Map<Factor, Uint8Array>();
  for (const group of groups) {
    const gone = new Uint8Array(group.width);
    // At least one unit where there are two.
    const count = group.width < 2 ? 0 : random.integer(1, group.width - 1);
    for (const unit of random.sample(group.width, count)) gone[unit] = 1;
    for (const [factor, offset] of group.factors) {
      const own = gone.slice(offset, offset + (factor.size as number));
      if (own.includes(1)) removal.set(factor, own);
    }
  }
  return removal;
}

export interface Agreement {
  readonly maxRel: number;
  /** All outputs finite, and not all the same number: else agreement would say nothing. */
  readonly telling: boolean;
  /** Output shapes that the sliced model declares or infers, beside those it has. */
  readonly shapes: readonly {
    readonly inferred: readonly number[] | null;
    readonly actual: readonly number[];
  }[];
}

/** Both models on one random input; a symbolic dimension N is 2. */
export async function slicedAgainstMasked(
  model: Model,
  facts: Facts,
  analysis: GroupAnalysis,
  removal: Removal,
  handlers: HandlerRegistry,
  seed: number,
): Promise<Agreement> {
  const sliced = modelBytes(sliceModel(model, facts, analysis, removal, handlers));
  const masked = modelBytes(maskedReference(model, facts, analysis, removal, handlers));
  const bindings = { N: 2 };
  const [feeds] = randomInputs(model, inferFacts(model, { bindings }), handlers, { seed, count: 1 });
  const expected = await run(masked, feeds ?? {});
  const actual = await run(sliced, feeds ?? {});
  const read = readModel(sliced);
  const slicedFacts = inferFacts(read, { bindings });
  const outputs = Object.entries(expected).map(([name, tensor]) => {
    const other = actual[name];
    const inferred = slicedFacts.shape(read.graph.outputs.find((output) => output.name === name) as never);
    return {
      maxRel: other === undefined ? Number.POSITIVE_INFINITY : compareOutput(name, tensor, other).maxRel,
      numbers: Array.from(tensor.data as ArrayLike<number | bigint>, Number),
      shape: {
        inferred: inferred !== null && isStaticShape(inferred) ? inferred : null,
        actual: other?.dims ?? [],
      },
    };
  });
  return {
    maxRel: Math.max(...outputs.map(({ maxRel }) => maxRel)),
    telling: outputs.every(({ numbers }) => numbers.every(Number.isFinite) && new Set(numbers).size > 1),
    shapes: outputs.map(({ shape }) => shape),
  };
}

const TYPES: Readonly<Record<string, number>> = {
  float32: DataType.FLOAT,
  int64: DataType.INT64,
  int32: DataType.INT32,
  bool: DataType.BOOL,
};

async function run(bytes: Uint8Array, feeds: Feeds): Promise<Record<string, RuntimeTensor>> {
  const session = await ort.InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: "basic",
    logSeverityLevel: 4,
  });
  try {
    const inputs = Object.entries(feeds).map(([name, { dataType, data, dims }]) => {
      const type = Object.keys(TYPES).find((one) => TYPES[one] === dataType) as "float32";
      return [name, new ort.Tensor(type, data as Float32Array, dims)] as const;
    });
    const outputs = Object.entries(await session.run(Object.fromEntries(inputs)));
    return Object.fromEntries(
      outputs.map(([name, { type, dims, data }]) => [
        name,
        { dataType: TYPES[type] ?? DataType.UNDEFINED, dims, data: data as Float32Array },
      ]),
    );
  } finally {
    await session.release();
  }
}
