// What the outputs of a network say, by its input card: the best classes where there are classes, else the numbers in
// brief.

import type { RuntimeTensor } from "@espalier/core";
import type { CardOutput, InputCard } from "@espalier/interchange";
import type { Answer, OutputAnswer, Score } from "./tasks.js";

const BEST = 5;
/** More "classes" than this are something else. */
const MOST_CLASSES = 100_000;

export function readAnswer(outputs: Readonly<Record<string, RuntimeTensor>>, card: InputCard): Answer {
  const names = Object.keys(outputs);
  return {
    outputs: names.map((name, i) => {
      const described = card.outputs?.find((one) => one.name === name) ?? unnamed(card.outputs, i);
      return readOutput(name, outputs[name] as RuntimeTensor, described, card.labels ?? []);
    }),
  };
}

/** Outputs of a card without names are meant in order. */
function unnamed(outputs: readonly CardOutput[] = [], at: number): CardOutput | undefined {
  const one = outputs[at];
  return one?.name === undefined ? one : undefined;
}

function readOutput(
  name: string,
  { dims, data }: RuntimeTensor,
  described: CardOutput | undefined,
  labels: readonly string[],
): OutputAnswer {
  const numbers = Float64Array.from(data as Iterable<number | bigint | string>, Number);
  const kind = described?.kind;
  const classes =
    kind === "logits" || kind === "probabilities" || (kind === undefined && isListOfClasses(dims));
  const values = kind === "logits" ? softmax(numbers) : numbers;
  return {
    name,
    dims,
    kind: classes ? "classes" : "numbers",
    top: classes ? best(values, labels) : null,
    range: rangeOf(numbers),
  };
}

/** [1, classes], or with ones behind it. */
function isListOfClasses(dims: readonly number[]): boolean {
  const [batch, classes = 0, ...rest] = dims;
  return batch === 1 && classes > 1 && classes <= MOST_CLASSES && rest.every((dim) => dim === 1);
}

function best(values: Float64Array, labels: readonly string[]): Score[] {
  return Array.from(values.keys())
    .sort((a, b) => (values[b] as number) - (values[a] as number) || a - b)
    .slice(0, BEST)
    .map((index) => ({ label: labels[index] ?? `class ${index}`, value: values[index] as number }));
}

/** exp(x − max) / Σ exp(x − max) */
function softmax(values: Float64Array): Float64Array {
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = values.map((value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

function rangeOf(values: Float64Array): OutputAnswer["range"] {
  let [least, most, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
    sum += value;
  }
  return { least, most, mean: values.length === 0 ? Number.NaN : sum / values.length };
}
