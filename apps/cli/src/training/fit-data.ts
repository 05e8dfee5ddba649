// A data set by its name, prepared for a network: images as the input card says, batches as large as the input takes,
// sizes of open dimensions from the samples. What does not fit by shape or by the names of classes is refused before
// anything is trained.

import type { FinetuneData, Host } from "@espalier/core";
import { type LabelledSet, preparedSet, type SampleType, type Tokenizer, takeFirst } from "@espalier/data";
import { type DataPlace, loadDataSet } from "@espalier/data/node";
import type { InputCard } from "@espalier/interchange";
import {
  DataType,
  type DataTypeCode,
  dataTypeName,
  EspalierError,
  inferFacts,
  isStatic,
  type Model,
  quoteName,
  resolveBindings,
  type Value,
} from "@espalier/ir";
import { digestSet } from "./digest-set.js";
import { requireSameClasses } from "./require-same-classes.js";

/** Test samples in a run of a network whose batch is open. */
const TEST_BATCH = 100;

export interface FittedData {
  /** Name of the network's input. */
  readonly input: string;
  readonly train: LabelledSet;
  readonly test: LabelledSet;
  readonly batch: number;
  readonly testBatch: number;
  /** Sizes of all symbolic dimensions, for training. */
  readonly bindings: Readonly<Record<string, number>>;
  readonly digests: FinetuneData;
  /** Null where a card said how images are made; else what was done without one. */
  readonly withoutCard: string | null;
  /** What the token ids of texts mean; null for images. */
  readonly vocabulary: Tokenizer | null;
}

export interface WantedData {
  readonly name: string;
  /** Samples of a step; null for a default. */
  readonly batch: number | null;
  /** Only the first so many samples are trained on; null for all. */
  readonly samples: number | null;
  readonly dims: Readonly<Record<string, number>>;
  readonly card: InputCard | null;
  /** Names of the network's classes, where something says them. */
  readonly classNames: readonly string[] | null;
  readonly place: DataPlace;
}

const DEFAULT_BATCH = 64;

/** @throws EspalierError `DATA_UNFIT`, `INVALID_OPTION`, `DATA_MISSING`, `ABORTED`; reading errors */
export async function fitData(
  model: Model,
  { name, batch: asked, samples, dims, card, classNames, place }: WantedData,
  host: Pick<Host, "sha256">,
): Promise<FittedData> {
  const input = onlyInput(model, name);
  const loaded = await loadDataSet(name, place);
  const { prepare, withoutCard } = preparation(input, card, loaded.train, name);
  const facts = inferFacts(model);
  const shape = facts.shape(input) ?? [];
  requireFit(name, loaded.train, shape, facts.dataType(input));
  requireSameClasses(name, loaded.train.classes, classNames);
  const [leading] = shape;
  const fixed = leading !== undefined && isStatic(leading) ? leading : null;
  if (fixed !== null && asked !== null && asked !== fixed)
    throw new EspalierError("INVALID_OPTION", "The network takes batches of one size", {
      where: "--batch",
      expected: String(fixed),
      found: String(asked),
    });
  const batch = fixed ?? asked ?? DEFAULT_BATCH;
  const testBatch = fixed ?? TEST_BATCH;
  const train = prepare(samples === null ? loaded.train : takeFirst(loaded.train, samples));
  const test = prepare(loaded.test);
  if (batch > train.count)
    throw new EspalierError("INVALID_OPTION", "A batch is larger than what is trained on", {
      where: fixed === null ? "--batch" : `${quoteName(input.name)}, an input of one batch size`,
      expected: `at most ${train.count} samples`,
      found: String(batch),
      unblock: samples === null ? "Take another data set." : "Raise --samples.",
    });
  const digests: FinetuneData = {
    ...{ name, sha256: await digestSet(train, host), count: train.count },
    ...{ testSha256: await digestSet(test, host), testCount: test.count },
  };
  const bindings = bindingsFor(model, input, { dims, batch, sample: train.input.shape });
  const { vocabulary } = loaded;
  return { input: input.name, train, test, batch, testBatch, bindings, digests, withoutCard, vocabulary };
}

function onlyInput(model: Model, name: string): Value {
  const inputs = model.graph.inputs.filter(({ initializer }) => initializer === null);
  const [input, ...others] = inputs;
  if (input !== undefined && others.length === 0) return input;
  throw new EspalierError("DATA_UNFIT", "The data set feeds a network with one input", {
    where: name,
    expected: "one input",
    found: inputs.map((one) => quoteName(one.name)).join(", ") || "none",
  });
}

interface PreparedBy {
  readonly prepare: <T extends SampleType>(set: LabelledSet<T>) => LabelledSet;
  readonly withoutCard: string | null;
}

/** As the card says; as the set has it where there is none. */
function preparation(input: Value, card: InputCard | null, set: LabelledSet, name: string): PreparedBy {
  const { image } = set;
  if (image === null) return { prepare: (one) => one, withoutCard: null };
  const described = card?.inputs.find((one) => one.name === input.name);
  if (described?.layout === undefined) {
    const list = (numbers: readonly number[]): string => numbers.map((n) => n.toFixed(4)).join(", ");
    const how = `from 0 to 1, less ${list(image.mean)}, over ${list(image.std)}`;
    return {
      prepare: (one) => one,
      withoutCard: `no input card says what the network takes: images go in as ${name} has them, ${how}`,
    };
  }
  if (described.layout !== "NCHW")
    throw new EspalierError("DATA_UNFIT", "The data set gives images channel by channel", {
      where: name,
      expected: `${described.layout}, as the input card says`,
      found: image.layout,
    });
  const { channels = "RGB", range = [0, 1] as const, mean, std } = described;
  const how = {
    ...{ channels, range },
    ...(mean === undefined ? {} : { mean }),
    ...(std === undefined ? {} : { std }),
  };
  return { prepare: (one) => preparedSet(one as LabelledSet<"float32">, how), withoutCard: null };
}

const TYPES: Readonly<Record<SampleType, number>> = { float32: DataType.FLOAT, int64: DataType.INT64 };

/** @throws EspalierError `DATA_UNFIT` with both shapes */
function requireFit(
  name: string,
  { input }: LabelledSet,
  shape: readonly unknown[],
  dataType: DataTypeCode | null,
): void {
  const known = shape.slice(1).map((dim) => (typeof dim === "number" ? dim : null));
  const fits =
    dataType === TYPES[input.type] &&
    known.length === input.shape.length &&
    known.every((dim, i) => dim === null || dim === input.shape[i]);
  if (fits) return;
  throw new EspalierError("DATA_UNFIT", "The data set does not fit the network's input", {
    where: name,
    expected: `${typeText(dataType)} of ${known.map((dim) => dim ?? "any").join(" × ") || "no shape"} a sample`,
    found: `${input.type} of ${input.shape.join(" × ")} a sample`,
    unblock: "Take another data set, or a network for this one.",
  });
}

/** In the words of data sets where they have one. */
function typeText(dataType: DataTypeCode | null): string {
  const [name] = Object.entries(TYPES).find(([, code]) => code === dataType) ?? [];
  return name ?? (dataType === null ? "numbers" : dataTypeName(dataType));
}

/** The batch in front, other open dimensions as long as a sample is. */
function bindingsFor(
  model: Model,
  input: Value,
  {
    dims,
    batch,
    sample,
  }: {
    readonly dims: Readonly<Record<string, number>>;
    readonly batch: number;
    readonly sample: readonly number[];
  },
): Record<string, number> {
  const shape = input.type?.kind === "tensor" ? (input.type.shape ?? []) : [];
  const own = new Map<string, number>();
  for (const [axis, dim] of shape.entries())
    if (!isStatic(dim))
      for (const symbol of dim.symbols)
        if (!own.has(symbol)) own.set(symbol, axis === 0 ? batch : (sample[axis - 1] ?? 1));
  const given = Object.entries(dims).filter(
    ([name]) => !own.has(name) && !shape.some((_, axis) => name === `${input.name}:${axis}`),
  );
  const { bindings } = resolveBindings(model, { ...Object.fromEntries(given), ...Object.fromEntries(own) });
  return Object.fromEntries(bindings);
}
