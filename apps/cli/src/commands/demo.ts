// espalier demo: the whole job on a small network that ships with the command, offline: prune, prove, fine-tune on drawn
// digits, taught by the dense network, measure, verify.

import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { cpu } from "@espalier/cpu";
import type { Command } from "commander";
import { EXIT, Finished } from "../exit-codes.js";
import type { OutputFlags } from "../options/output.js";
import { type PruningFlags, structuralOptions, understood } from "../options/pruning.js";
import { trainingSettings } from "../options/training.js";
import { userPath, wholeNumber } from "../options/values.js";
import type { CommandSession } from "../session.js";
import { readSource } from "../source.js";
import type { AskedTraining } from "../training/retrainer.js";
import { checkTarget, keepArtefact, prepareRun, pruneAndTrain, verdictText } from "./artefact-run.js";
import { claimsText, verdictOf, verifyFolder } from "./verify.js";

const FLAGS = {
  target: "cpu",
  ratio: 0.5,
  criterion: "l1",
  allocation: "uniform",
  step: 4,
  minWidth: 4,
} as const satisfies Partial<PruningFlags>;

/** Enough for the pruned network to read the digits again, in seconds. */
const TRAINING: Omit<AskedTraining, "settings"> = {
  ...{ data: "plain-digits", samples: 1600, batch: 64, distill: true },
};

export function demoCommand(program: Command, session: () => CommandSession): void {
  program
    .command("demo")
    .description("prune and fine-tune a small network that ships with Espalier, prove, measure and verify it")
    .option("--out <dir>", "folder to write", "espalier-demo")
    .option("--seed <n>", "seed of everything random", wholeNumber(0), 1)
    .addHelpText("after", "\nExample\n  espalier demo")
    .action(async ({ out, seed }: { readonly out: string; readonly seed: number }) => {
      const run = session();
      const asked: PruningFlags = { ...FLAGS, seed };
      const flags: OutputFlags = { out, report: ["html"], measure: true };
      run.output.note(understood(asked, "digits.onnx, a small classifier of drawn digits"));
      const engine = await run.engine();
      const model = fileURLToPath(new URL("../../models/digits.onnx", import.meta.url));
      checkTarget(engine, model, flags);
      const source = await readSource(engine, model, run.signal);
      const prepared = await prepareRun(run, source, flags, { dims: {}, seed }, asked.target);
      const settings = trainingSettings({ epochs: 2, optimiser: "adam", learningRate: 0.004 }, { seed });
      const { result, done } = await pruneAndTrain(
        ...([run, engine, userPath(out), source, prepared, { ...TRAINING, settings }] as const),
        (more) => cpu.prune(source.bytes, { ...structuralOptions(asked), ...prepared.options, ...more }),
      );
      const { folder, report, receipt } = await keepArtefact(run, result, source, prepared, flags);
      done();
      run.progress.phase("verifying what was written");
      const claims = await verifyFolder(run, folder, { source: model });
      const verdict = verdictOf(claims);
      const text = [
        await verdictText(run, receipt),
        claimsText(claims).split("\n").at(-1) ?? "",
        "",
        `report: ${report}`,
        "next:   npm run -s espalier -- prune YOUR.onnx --target cpu --ratio 0.3 --data NAME --out pruned",
        `again:  npm run -s espalier -- verify ${fromHere(folder)} --source ${fromHere(model)}`,
      ];
      run.output.result(text.join("\n"), { folder, report, verdict, claims, receipt });
      if (receipt.artefact === null) throw new Finished(EXIT.nothing);
      if (verdict !== "holds") throw new Finished(verdict === "false" ? EXIT.failed : EXIT.unchecked);
    });
}

function fromHere(path: string): string {
  const short = relative(userPath("."), path);
  return short.startsWith("..") ? path : short;
}
