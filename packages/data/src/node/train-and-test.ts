// What a loader of a data set with two published parts gives.

import type { LabelledSet, SampleType } from "../set/labelled-set.js";

export interface TrainAndTest<T extends SampleType = SampleType> {
  readonly train: LabelledSet<T>;
  readonly test: LabelledSet<T>;
}
