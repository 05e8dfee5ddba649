// espalier advise: before anything is pruned, what would pay on which target, what would not, and why.

import { basename } from "node:path";
import { advise, type DenseRuntimeFacts, inOnePiece, openSubject } from "@espalier/core";
import { BUNDLED_COSTS as CPU_COSTS } from "@espalier/cpu";
import { RUNTIME_DOWNLOAD, BUNDLED_COSTS as WEB_COSTS } from "@espalier/web";
import { type Command, Option } from "commander";
import { addChoiceOptions, type ChoiceFlags, modelChoice } from "../options/folder.js";
import { dimension, userPath } from "../options/values.js";
import { adviceText } from "../output/advice-text.js";
import type { CommandSession } from "../session.js";
import { readSource } from "../source.js";

const TARGETS = ["cpu", "web", "tflite", "tensorrt"] as const;

interface AdviseFlags extends ChoiceFlags {
  readonly target?: readonly (typeof TARGETS)[number][];
  readonly dim?: Readonly<Record<string, number>>;
}

export function adviseCommand(program: Command, session: () => CommandSession): void {
  const command = program
    .command("advise")
    .argument("<model>", "an ONNX file, or a Hugging Face folder")
    .description("before pruning: what would pay on each target, what would not, and why")
    .addOption(new Option("--target <name...>", "only these targets").choices(TARGETS));
  addChoiceOptions(command)
    .option("--dim <name=value>", "bind a symbolic dimension (repeatable)", dimension)
    .addHelpText("after", "\nExample\n  espalier advise model.onnx\n  espalier explain CHANNELS_PAY")
    .action(async (path: string, flags: AdviseFlags) => {
      const run = session();
      const engine = await run.engine();
      const source = await readSource(engine, userPath(path), run.signal, modelChoice(flags));
      const subject = openSubject(source.bytes, {
        external: source.external,
        dims: flags.dim ?? {},
        signal: run.signal,
      });
      const targets = flags.target ?? TARGETS;
      const asked = (name: (typeof TARGETS)[number]): boolean => targets.includes(name);
      const downloadBytes = asked("web")
        ? ((await engine.host.brotliSize?.([inOnePiece(source.bytes, source)])) ?? null)
        : null;
      const dense = denseFacts(downloadBytes).filter(({ target }) => targets.some((name) => name === target));
      const advice = advise(subject, {
        dense,
        tflite: asked("tflite"),
        tensorrt: asked("tensorrt"),
      });
      const { macs, parameters, groups, inexact, verdicts } = advice;
      run.output.result(
        adviceText({
          path,
          name: basename(path),
          advice,
          unbound: subject.unbound.map(({ option }) => option),
          downloadBytes,
          costs: costsText(dense),
        }),
        { model: path, parameters, macs, downloadBytes, groups, inexact, advice: verdicts },
      );
    });
}

/** Costs of dense runtimes, as they ship. */
function denseFacts(downloadBytes: number | null): DenseRuntimeFacts[] {
  const download = { modelBytes: downloadBytes ?? 0, runtime: RUNTIME_DOWNLOAD };
  return [
    { target: "cpu", ...CPU_COSTS },
    { target: "web", ...WEB_COSTS, ...(downloadBytes === null ? {} : { download }) },
  ];
}

function costsText(dense: readonly DenseRuntimeFacts[]): string | null {
  const tables = dense.flatMap(({ table }) => (table === null ? [] : [table]));
  const [first] = tables;
  if (first === undefined) return null;
  const runtimes = tables.map(({ runtime }) => runtime).join("; ");
  return `${runtimes}; one thread, costs of another machine (${first.machine.cpu})`;
}
