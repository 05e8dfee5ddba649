// espalier demo: the whole job on a small network that ships with the command, offline, for every target: prune, prove,
// fine-tune on drawn digits, taught by the dense network, export, measure, verify.

import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { type Claim, isUnavailable, type Receipt } from "@espalier/core";
import { EXIT } from "@espalier/deploy";
import { isEspalierError } from "@espalier/ir";
import type { Command } from "commander";
import { Finished } from "../exit-codes.js";
import type { OutputFlags } from "../options/output.js";
import { type PruningFlags, structuralOptions, understood } from "../options/pruning.js";
import { trainingSettings } from "../options/training.js";
import { userPath, wholeNumber } from "../options/values.js";
import { table } from "../output/table.js";
import type { CommandSession } from "../session.js";
import { readSource } from "../source.js";
import { TARGET_NAMES } from "../target.js";
import type { AskedTraining } from "../training/retrainer.js";
import { checkTarget, keepArtefact, prepareRun, pruneAndTrain, verdictText } from "./artefact-run.js";
import { claimsText, verdictOf, verifyFolder } from "./verify.js";

const FLAGS = {
  ratio: 0.5,
  criterion: "l1",
  allocation: "uniform",
  step: 4,
  minWidth: 4,
} as const satisfies Partial<PruningFlags>;

/** Masks are for layers far larger than this network's, and they could not be trained. */
const GRANULARITY: Readonly<Record<string, Partial<PruningFlags>>> = { tensorrt: { granularity: "channel" } };

/** Enough for the pruned network to read the digits again, in seconds. */
const TRAINING: Omit<AskedTraining, "settings"> = {
  ...{ data: "plain-digits", samples: 1600, batch: 64, distill: true },
};

/** By the name of this package: where this module lies in it depends on the build. */
const MODEL: string = join(
  dirname(createRequire(import.meta.url).resolve("espalier/package.json")),
  "models/digits.onnx",
);

export function demoCommand(program: Command, session: () => CommandSession): void {
  program
    .command("demo")
    .description(
      "prune and fine-tune a small network that ships with Espalier, for every target; prove, measure, verify",
    )
    .option("--out <dir>", "folder to write, with one for each target", "espalier-demo")
    .option("--seed <n>", "seed of everything random", wholeNumber(0), 1)
    .addHelpText("after", "\nExample\n  espalier demo")
    .action(async ({ out, seed }: { readonly out: string; readonly seed: number }) => {
      const run = session();
      const shown: Shown[] = [];
      for (const target of TARGET_NAMES) shown.push(await show(run, target, join(out, target), seed));
      const [first] = shown.filter(isRun);
      if (first === undefined) throw new Finished(EXIT.nothing);
      const text = [
        await verdictText(run, first.receipt),
        claimsText(first.claims).split("\n").at(-1) ?? "",
        "",
        table([["target", "accuracy", "latency", "file", "receipt"], ...shown.map(row)], "lllll"),
        "",
        `reports: ${join(fromHere(userPath(out)), "<target>", "report.html")}`,
        "next:    npm run -s espalier -- prune YOUR.onnx --target cpu --ratio 0.3 --data NAME --out pruned",
        `again:   npm run -s espalier -- verify ${fromHere(first.folder)} --source ${fromHere(MODEL)}`,
      ];
      run.output.result(text.join("\n"), { targets: shown });
      const runs = shown.filter(isRun);
      if (runs.some(({ receipt }) => receipt.artefact === null)) throw new Finished(EXIT.nothing);
      const verdicts = runs.map(({ verdict }) => verdict);
      if (verdicts.includes("false")) throw new Finished(EXIT.failed);
      if (verdicts.includes("incomplete")) throw new Finished(EXIT.unchecked);
    });
}

interface TargetShown {
  readonly target: string;
  readonly folder: string;
  readonly report: string | null;
  readonly verdict: ReturnType<typeof verdictOf>;
  readonly claims: readonly Claim[];
  readonly receipt: Receipt;
}

/** A target that needs what this machine has not. */
interface TargetMissing {
  readonly target: string;
  readonly missing: string;
}

type Shown = TargetShown | TargetMissing;

function isRun(shown: Shown): shown is TargetShown {
  return "receipt" in shown;
}

async function show(run: CommandSession, target: string, out: string, seed: number): Promise<Shown> {
  const asked: PruningFlags = { ...FLAGS, ...GRANULARITY[target], target, seed };
  const flags: OutputFlags = { out, report: ["html"], measure: true };
  run.output.note(understood(asked, "digits.onnx, a small classifier of drawn digits"));
  const engine = await run.engine();
  checkTarget(engine, MODEL, flags);
  try {
    const opened = await run.target(target);
    const source = await readSource(engine, MODEL, run.signal);
    const prepared = await prepareRun(run, source, flags, { dims: {}, seed }, target);
    const settings = trainingSettings({ epochs: 2, optimiser: "adam", learningRate: 0.004 }, { seed });
    const pruned = await pruneAndTrain(
      ...([run, engine, userPath(out), source, prepared, { ...TRAINING, settings }] as const),
      (more) =>
        opened.target.prune(source.bytes, { ...structuralOptions(asked), ...prepared.options, ...more }),
    );
    const { folder, report, receipt } = await keepArtefact(run, pruned, source, prepared, flags);
    pruned.done();
    run.progress.phase("verifying what was written");
    const claims = await verifyFolder(run, folder, { source: MODEL });
    return { target, folder, report, verdict: verdictOf(claims), claims, receipt };
  } catch (error) {
    if (!isEspalierError(error, "UNAVAILABLE")) throw error;
    run.progress.stop();
    const missing = error.context.unblock ?? error.message;
    run.output.note(`target ${target}: ${missing}`);
    return { target, missing };
  }
}

function row(shown: Shown): string[] {
  if (!isRun(shown)) return [shown.target, `left out: ${shown.missing}`, "", "", ""];
  const { receipt, verdict, claims } = shown;
  const { accuracy, latency, size } = receipt;
  const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
  const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
  return [
    shown.target,
    accuracy === undefined ? "" : `${share(accuracy.before)} → ${share(accuracy.recovered)}`,
    latencyText(latency),
    `${kilobytes(size.before.raw)} → ${kilobytes(size.after.raw)}`,
    `${verdict === "holds" ? "holds" : verdict}, ${claims.filter(({ status }) => status === "holds").length} claims`,
  ];
}

function latencyText(latency: Receipt["latency"]): string {
  if (latency === null || isUnavailable(latency)) return "not here";
  const { before, after, speedup } = latency;
  const times = `${before.medianMs.toFixed(2)} → ${after.medianMs.toFixed(2)} ms`;
  return speedup === null ? `${times}, unstable` : `${times}, ${speedup.toFixed(2)}×`;
}

function fromHere(path: string): string {
  const short = relative(userPath("."), path);
  return short.startsWith("..") ? path : short;
}
