// espalier advise: before anything is pruned, what would pay on which target, what would not, and why.

import { basename } from "node:path";
import { type Advice, advise, type DenseRuntimeFacts, openSubject, type Subject } from "@espalier/core";
import { BUNDLED_COSTS } from "@espalier/cpu";
import { type Command, Option } from "commander";
import { dimension, userPath } from "../options/values.js";
import { table } from "../output/table.js";
import type { CommandSession } from "../session.js";
import { inOnePiece, readSource } from "../source.js";

const TARGETS = ["cpu", "web", "tflite", "tensorrt"] as const;
const UNITS = {
  channel: "whole units",
  element: "single zeros",
  "n-m": "2:4",
  block: "blocks",
  layer: "layers",
};
const WORDS = { yes: "pays", little: "a little", no: "no", unknown: "unknown" } as const;

interface AdviseFlags {
  readonly target?: readonly (typeof TARGETS)[number][];
  readonly dim?: Readonly<Record<string, number>>;
}

export function adviseCommand(program: Command, session: () => CommandSession): void {
  program
    .command("advise")
    .argument("<model>", "an ONNX file")
    .description("before pruning: what would pay on each target, what would not, and why")
    .addOption(new Option("--target <name...>", "only these targets").choices(TARGETS))
    .option("--dim <name=value>", "bind a symbolic dimension (repeatable)", dimension)
    .addHelpText("after", "\nExample\n  espalier advise model.onnx\n  espalier explain CHANNELS_PAY")
    .action(async (path: string, flags: AdviseFlags) => {
      const run = session();
      const engine = await run.engine();
      const source = await readSource(engine, userPath(path), run.signal);
      const subject = openSubject(source.bytes, {
        external: source.external,
        dims: flags.dim ?? {},
        signal: run.signal,
      });
      const targets = flags.target ?? TARGETS;
      const verdicts = advise(subject, {
        dense: denseFacts(targets),
        downloadBytes: (await engine.host.brotliSize?.([inOnePiece(source)])) ?? null,
        tflite: targets.includes("tflite"),
        tensorrt: targets.includes("tensorrt"),
      });
      run.output.result(text(basename(path), verdicts, subject), { model: path, advice: verdicts });
    });
}

/** Costs of dense runtimes. Nothing ships that was measured in a browser, so no time is promised there. */
function denseFacts(targets: readonly string[]): DenseRuntimeFacts[] {
  const unmeasured = { table: null, zeros: null, twoOfFour: null };
  const facts: DenseRuntimeFacts[] = [
    { target: "cpu", ...BUNDLED_COSTS },
    { target: "web", ...unmeasured },
  ];
  return facts.filter(({ target }) => targets.includes(target));
}

function text(name: string, verdicts: readonly Advice[], { analysis }: Subject): string {
  const rows = verdicts.map(({ target, granularity, pays, sentence, code }) => [
    target,
    UNITS[granularity],
    WORDS[pays],
    sentence,
    code,
  ]);
  const groups = analysis.groups.filter(({ members }) => members.some(({ role }) => role === "produces"));
  return [
    `${name}: ${groups.length} coupled groups.`,
    "",
    table([["target", "remove", "faster?", "why", "code"], ...rows], "lllll"),
    "",
    "Predictions are from costs that ship with Espalier, not from this machine.",
    "espalier explain CODE says more.",
  ].join("\n");
}
