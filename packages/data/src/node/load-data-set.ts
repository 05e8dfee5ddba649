// Data sets by the name that a command line gives: one to train on and one to test.

import { EspalierError, quoteName } from "@espalier/ir";
import { drawnDigits } from "../drawn/digits.js";
import type { DrawnOptions } from "../drawn/drawn-options.js";
import { drawnShapes } from "../drawn/shapes.js";
import type { LabelledSet } from "../set/labelled-set.js";
import type { Tokenizer } from "../text/tokenizer.js";
import type { DataPlace } from "./data-place.js";
import { loadCifar10 } from "./load-cifar10.js";
import { loadMnist } from "./load-mnist.js";
import { loadText } from "./load-text.js";
import type { TrainAndTest } from "./train-and-test.js";

/** Images of the built-in sets. */
const DRAWN = { train: 10_000, test: 2000 };

export type DataSetName = "digits" | "plain-digits" | "shapes" | "mnist" | "cifar10" | "sst-2" | "agnews";

/** A set by its name. */
export interface NamedDataSet extends TrainAndTest {
  /** Of texts: what their token ids mean, made from the training texts; null for images. */
  readonly vocabulary: Tokenizer | null;
}

type Loader = (place: DataPlace) => Promise<TrainAndTest & { readonly vocabulary?: Tokenizer }>;

const SETS: Readonly<Record<DataSetName, Loader>> = {
  digits: async () => drawn(drawnDigits),
  "plain-digits": async () => drawn((options) => drawnDigits({ ...options, style: "plain" })),
  shapes: async () => drawn(drawnShapes),
  mnist: loadMnist,
  cifar10: loadCifar10,
  "sst-2": (place) => loadText("sst-2", place),
  agnews: (place) => loadText("agnews", place),
};

export const DATA_SET_NAMES: readonly DataSetName[] = Object.keys(SETS) as DataSetName[];

/** @throws EspalierError `INVALID_OPTION` for another name, `DATA_MISSING`, `ABORTED`; reading errors */
export async function loadDataSet(name: string, place: DataPlace = {}): Promise<NamedDataSet> {
  if (Object.hasOwn(SETS, name)) return { vocabulary: null, ...(await SETS[name as DataSetName](place)) };
  throw new EspalierError("INVALID_OPTION", "There is no such data set", {
    expected: DATA_SET_NAMES.join(", "),
    found: quoteName(name),
  });
}

function drawn(draw: (options: DrawnOptions) => LabelledSet<"float32">): TrainAndTest<"float32"> {
  return { train: draw({ count: DRAWN.train, seed: 1 }), test: draw({ count: DRAWN.test, seed: 2 }) };
}
