// What is likely to be meant otherwise, said before a training: how the data goes in, and what the network answers.

import type { CommandSession } from "../session.js";
import type { FittedData } from "./fit-data.js";
import type { Answer } from "./require-classes.js";

type Said = Pick<CommandSession, "output">;

export function sayData(
  { output }: Said,
  { withoutCard, vocabulary, digests }: Pick<FittedData, "withoutCard" | "vocabulary" | "digests">,
): void {
  if (withoutCard !== null) output.note(`warning: ${withoutCard}`);
  if (vocabulary !== null)
    output.note(
      `warning: texts go in as token ids of Espalier's own vocabulary of ${digests.name} (${vocabulary.tokens.length} tokens), not of the tokenizer of any other model; it is written beside the network`,
    );
}

export function sayAnswer(
  { output }: Said,
  { classes, probabilities }: Answer,
  { test, digests }: Pick<FittedData, "test" | "digests">,
): void {
  if (probabilities)
    output.note(
      "warning: the network seems to give probabilities; training takes its first output for logits",
    );
  const { length } = test.classes;
  if (classes > length)
    output.note(
      `warning: the network tells ${classes} classes apart and ${digests.name} has ${length}: training makes it forget the others`,
    );
}
