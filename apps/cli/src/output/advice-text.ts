// Advice as a newcomer reads it in a terminal: what the network is, a table of what would pay, how to read it, and what
// to type next.

import type { Advice, NetworkAdvice, Pays } from "@espalier/core";
import { printable, table } from "./table.js";

const WORDS: Readonly<Record<Pays, string>> = {
  yes: "yes",
  little: "a little",
  no: "no",
  unknown: "unknown",
};
const HEAD = ["target", "what you would do", "pays?", "what to expect, and the reason's code"];
/** Of the last column: the whole fits into 100 characters. */
const SENTENCE = 51;

export interface AdviceTextOptions {
  /** As the user typed it, for the commands to type next. */
  readonly path: string;
  readonly name: string;
  readonly advice: NetworkAdvice;
  /** Symbolic dimensions that were not bound, as `--dim` takes them. */
  readonly unbound: readonly string[];
  readonly downloadBytes: number | null;
  /** What the times are predicted from; null when none is. */
  readonly costs: string | null;
}

export function adviceText(options: AdviceTextOptions): string {
  const { name, advice, costs } = options;
  return [
    printable(name),
    `  ${summary(options)}`,
    "",
    verdictTable(advice.verdicts),
    "",
    "How to read this",
    "  pays?      yes: at least 1.3 times faster. a little: at least 1.05 times. unknown: nobody measured it",
    "             there; prune and measure.",
    "  channels   or neurons, or attention heads: they are removed, and the layers become narrower.",
    "  zeros      weights set to zero; the layers keep their size. 2 of 4: a pattern some GPUs skip.",
    "  MACs       multiply-accumulates: the arithmetic of one run.",
    ...(costs === null ? [] : [`  times      predicted, not run: ${costs}.`]),
    "",
    "Next",
    ...nextSteps(options).map(([command, why]) => `  ${command}\n      ${why}`),
  ].join("\n");
}

function summary({ advice, downloadBytes }: AdviceTextOptions): string {
  const { parameters, macs, groups, inexact } = advice;
  return [
    `${amount(parameters)} parameters`,
    macs === null ? "MACs unknown" : `${amount(macs)} MACs a run`,
    ...(downloadBytes === null ? [] : [`${amount(downloadBytes)}B to download (brotli)`]),
    `${groups} group${groups === 1 ? "" : "s"} of layers can become narrower${
      inexact > 0 ? `, ${inexact} more with --allow-inexact` : ""
    }`,
  ].join(", ");
}

function verdictTable(verdicts: readonly Advice[]): string {
  let last = "";
  const rows = verdicts.flatMap((verdict) => {
    const target = verdict.target === last ? "" : verdict.target;
    last = verdict.target;
    const lines = wrapped(`${verdict.sentence} [${verdict.code}]`, SENTENCE);
    return lines.map((line, i) =>
      i === 0 ? [target, act(verdict), WORDS[verdict.pays], line] : ["", "", "", line],
    );
  });
  return table([HEAD, ...rows], "llll");
}

/** What one would do, in few words. */
function act({ granularity, benefit }: Advice): string {
  switch (granularity) {
    case "channel":
      return benefit === "download" ? "half the channels: download" : "half the channels: speed";
    case "element":
      return "90 % zeros";
    case "n-m":
      return "zeros, 2 of 4";
    case "block":
      return "blocks of zeros";
    case "layer":
      return "fewer layers";
  }
}

/** Commands to type next, each with what it does. */
function nextSteps({ path, advice, unbound }: AdviceTextOptions): [string, string][] {
  const file = /^[\w./-]+$/.test(path) ? path : JSON.stringify(path);
  const { verdicts } = advice;
  const target = verdicts.some((one) => one.target === "cpu") ? "cpu" : (verdicts[0]?.target ?? "cpu");
  const fast = verdicts.find(({ code }) => code === "CHANNELS_PAY");
  const has = (code: Advice["code"]): boolean => verdicts.some((verdict) => verdict.code === code);
  const steps: [string, string][] = [];
  if (unbound.length > 0)
    steps.push([
      `espalier advise ${file} ${unbound.map((option) => `--dim ${printable(option)}=N`).join(" ")}`,
      "with the sizes you will use, so that the work can be counted",
    ]);
  if (fast !== undefined)
    steps.push([
      `espalier prune ${file} --target ${fast.target} --latency ${latencyToAsk(fast)} --out pruned`,
      "measures this network on your machine, cuts its time to this, and proves the result",
    ]);
  else if (has("NOTHING_PRUNABLE"))
    steps.push([`espalier inspect ${file}`, "lists every layer that stays dense, with the reason"]);
  else if (has("ONLY_INEXACT"))
    steps.push([
      `espalier prune ${file} --target ${target} --ratio 0.5 --allow-inexact --out pruned`,
      "what stays computes something else than before: check accuracy afterwards",
    ]);
  else
    steps.push([
      `espalier prune ${file} --target ${target} --ratio 0.5 --out pruned`,
      "half of every group goes; sizes and times are measured, the result is proven",
    ]);
  const [first] = verdicts;
  if (first !== undefined)
    steps.push([`espalier explain ${first.code}`, "what a code means, and what would change the verdict"]);
  return steps;
}

/** What is promised, rounded up to tens of per cent, and no less than half: predictions are no measurements. */
function latencyToAsk({ gain }: Advice): string {
  return `${Math.max(50, 10 * Math.ceil(10 / (gain ?? 1)))}%`;
}

/** Text in lines of at most `width` characters; a longer word has a line of its own. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of printable(text).split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Three digits and the unit's letter: 1.24 M. */
function amount(value: number): string {
  const scaled = (divisor: number, letter: string): string =>
    `${Number((value / divisor).toPrecision(3)).toLocaleString("en")} ${letter}`;
  if (value >= 999.5e6) return scaled(1e9, "G");
  if (value >= 999.5e3) return scaled(1e6, "M");
  return value >= 1000 ? scaled(1e3, "k") : `${value} `;
}
