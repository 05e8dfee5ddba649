import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { finetuneCommand } from "../commands/finetune.js";
import { pruneCommand } from "../commands/prune.js";

/** The paragraph about an option, in one line. */
function helpOf(add: typeof pruneCommand, option: string): string {
  const program = new Command("espalier").configureHelp({ helpWidth: 1000 });
  add(program, () => {
    throw new Error("nothing runs");
  });
  const text = program.commands[0]?.helpInformation() ?? "";
  return text.split("\n").find((line) => line.trim().startsWith(`${option} `)) ?? "";
}

const TRAINING: readonly [option: string, value: string][] = [
  ["--epochs", "10"],
  ["--batch", "64, or what the network is made for"],
  ["--learning-rate", "0.01 for sgd, else 0.001"],
  ["--optimiser", "sgd"],
  ["--augment", "none"],
  ["--statistics", "batch"],
];

describe("the help", () => {
  it("of prune says what every option is when it is not given", () => {
    const defaults: readonly [option: string, value: string][] = [
      ...TRAINING,
      ["--rate-schedule", "cosine"],
      ["--granularity", "auto"],
      ["--criterion", "l1; reconstruction with --allocation sensitivity or --max-drop"],
      ["--allocation", "uniform; sensitivity with --max-drop"],
      ["--schedule", "one-shot; iterative with --rounds"],
      ["--rounds", "5"],
      ["--step", "1; auto under --latency"],
      ["--min-width", "1"],
      ["--layout", "as the input is"],
      ["--seed", "1"],
    ];
    for (const [option, value] of defaults)
      expect(helpOf(pruneCommand, option)).toContain(`(default: ${value})`);
    expect(helpOf(pruneCommand, "--criterion")).toContain('(choices: "l1",');
  });

  it("of finetune does, too", () => {
    for (const [option, value] of [
      ...TRAINING,
      ["--schedule", "cosine"],
      ["--teacher", '"none"'],
      ["--threads", "up to 4"],
      ["--seed", "1"],
    ] as const)
      expect(helpOf(finetuneCommand, option)).toContain(`(default: ${value})`);
  });
});
