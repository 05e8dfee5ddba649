// espalier finetune: trains a network on labelled data, from the labels alone or from a teacher as well.

import { basename } from "node:path";
import { openSubject, type Subject } from "@espalier/core";
import { EspalierError, quoteName } from "@espalier/ir";
import type { Command } from "commander";
import type { Engine } from "../engine.js";
import { cardAlong, classNamesOf, writtenCard } from "../layout/input-card-file.js";
import { addChoiceOptions, type ChoiceFlags, modelChoice } from "../options/folder.js";
import {
  addRateOption,
  addTrainingOptions,
  type RateFlags,
  type TrainingFlags,
  trainingSettings,
  trainingText,
} from "../options/training.js";
import { dimension, userPath, wholeNumber } from "../options/values.js";
import type { CommandSession } from "../session.js";
import { readSource, type Source } from "../source.js";
import { type FittedData, fitData } from "../training/fit-data.js";
import { keptRun } from "../training/kept-run.js";
import { learn } from "../training/learn.js";
import { requireClasses } from "../training/require-classes.js";
import { sayProgress } from "../training/say-progress.js";
import { sayAnswer, sayData } from "../training/say-warnings.js";
import { sayZeros } from "../training/say-zeros.js";
import { REPORT, TRAINING_FILES, trainingFiles } from "../training/training-files.js";
import { cardOf } from "./artefact-run.js";

interface FinetuneFlags extends TrainingFlags, RateFlags, ChoiceFlags {
  readonly data: string;
  readonly out: string;
  readonly teacher: string;
  readonly seed: number;
  readonly threads?: number;
  readonly dim?: Readonly<Record<string, number>>;
  readonly preprocess?: string;
  readonly resume?: true;
  readonly force?: true;
}

const EXAMPLES = `
What was trained lies in DIR.training until DIR is written: a command that was stopped goes on from there.

Examples
  espalier finetune model.onnx --data cifar10 --epochs 20 --out tuned/
  espalier finetune small.onnx --data mnist --teacher large.onnx --out tuned/`;

export function finetuneCommand(program: Command, session: () => CommandSession): void {
  const command = program
    .command("finetune")
    .argument("<model>", "an ONNX file, or a Hugging Face folder")
    .description("train a network on labelled data, from a teacher as well where one is given");
  addRateOption(addTrainingOptions(addChoiceOptions(command)), "schedule")
    .requiredOption("--out <dir>", "folder to write, whole or not at all")
    .option("--teacher <model>", "a network of the same input and classes to learn from, or none", "none")
    .option("--seed <n>", "seed of everything random", wholeNumber(0), 1)
    .option("--threads <n>", "threads of a step (default: up to 4)", wholeNumber(1))
    .option("--resume", "only go on with a training that was stopped")
    .option("--dim <name=value>", "bind a symbolic dimension (repeatable)", dimension)
    .option("--preprocess <card.json>", "input card of the model, to go along with it")
    .option("--force", "replace a folder that Espalier did not write")
    .addHelpText("after", EXAMPLES)
    .action(async (model: string, flags: FinetuneFlags) => {
      await finetune(session(), model, flags);
    });
}

async function finetune(run: CommandSession, model: string, flags: FinetuneFlags): Promise<void> {
  if (flags.data === undefined)
    throw new EspalierError("INVALID_OPTION", "There is nothing to train on", {
      where: "--data",
      expected: "the name of a data set",
      found: "none",
    });
  const settings = trainingSettings(flags, flags);
  const taught = flags.teacher === "none" ? "" : `, taught by ${basename(flags.teacher)}`;
  run.output.note(`${basename(model)}: fine-tune on ${flags.data}${taught}; ${trainingText(settings)}`);
  const engine = await run.engine();
  const out = userPath(flags.out);
  const teacherPath = flags.teacher === "none" ? null : userPath(flags.teacher);
  const given = flags.preprocess === undefined ? [] : [userPath(flags.preprocess)];
  const inputs = [userPath(model), ...given, ...(teacherPath === null ? [] : [teacherPath])];
  const rules = { force: flags.force ?? false, inputs };
  engine.checkFolderTarget(out, TRAINING_FILES, rules);
  const kept = keptRun(run, engine, out);
  if (flags.resume && !kept.begun)
    throw new EspalierError("INVALID_OPTION", "There is no training to go on with", {
      where: "--resume",
      expected: quoteName(kept.folder),
      found: "no checkpoint",
      unblock: "Leave --resume out to begin.",
    });
  run.progress.phase("reading");
  const source = await readSource(engine, userPath(model), run.signal, modelChoice(flags));
  const subject = openSubject(source.bytes, { external: source.external });
  const written = await writtenCard(engine, source, flags);
  const card = cardOf(source, written);
  const { host, runtime } = engine;
  const { signal } = run;
  const data = await fitData(
    subject.model,
    {
      ...{ name: flags.data, card, classNames: classNamesOf(source, card), dims: flags.dim ?? {} },
      ...{ batch: flags.batch ?? null, samples: flags.samples ?? null },
      place: { signal, onProgress: run.progress.listener },
    },
    host,
  );
  sayData(run, data);
  const answer = await requireClasses(subject.model, data, { runtime, signal });
  sayAnswer(run, answer, data);
  const teacher =
    teacherPath === null ? null : await openTeacher(run, engine, teacherPath, data, answer.dims);
  const zeros = sayZeros(run, subject.model);
  const options = { ...settings, batch: data.batch };
  const result = await kept.during(() =>
    learn({
      ...{ model: subject.model, teacher: teacher?.subject.model ?? null, data, options },
      ...{ runtime, host, checkpoints: kept.store, signal },
      onProgress: sayProgress(run, options.epochs, () => host.now()),
    }),
  );
  run.progress.phase("writing");
  const { record, files } = await trainingFiles(run, engine, {
    ...{ source, teacher: teacher?.source ?? null, data, options, zeros, result },
    card: cardAlong(source, subject.model, written),
  });
  await engine.writeFolderAtomically(
    out,
    files.map(({ path, bytes }) => ({ path, chunks: [bytes] })),
    { ...rules, signal },
  );
  kept.done();
  run.progress.stop();
  const { before, after } = record;
  const share = (value: number): string => `${(100 * value).toFixed(2)} %`;
  const text = [
    `accuracy ${share(before.accuracy)} → ${share(after.accuracy)}, loss ${before.loss.toPrecision(3)} → ${after.loss.toPrecision(3)} on ${data.digests.testCount} test samples of ${flags.data}`,
    `report: ${out}/${REPORT}`,
  ];
  run.output.result(text.join("\n"), { folder: out, training: record });
}

interface Teacher {
  readonly source: Source;
  readonly subject: Subject;
}

/** @throws EspalierError `DATA_UNFIT` for a teacher that takes or says something else */
async function openTeacher(
  run: CommandSession,
  engine: Engine,
  path: string,
  data: FittedData,
  dims: readonly number[],
): Promise<Teacher> {
  const source = await readSource(engine, path, run.signal);
  const subject = openSubject(source.bytes, { external: source.external });
  const names = subject.model.graph.inputs.filter(({ initializer }) => initializer === null);
  if (names.length !== 1 || names[0]?.name !== data.input)
    throw new EspalierError("DATA_UNFIT", "The teacher takes other inputs than the network", {
      where: basename(path),
      expected: quoteName(data.input),
      found: names.map(({ name }) => quoteName(name)).join(", "),
    });
  const { runtime } = engine;
  const said = await requireClasses(subject.model, data, { runtime, signal: run.signal });
  if (said.dims.join() === dims.join()) return { source, subject };
  throw new EspalierError("DATA_UNFIT", "The teacher says something of another shape than the network", {
    where: basename(path),
    expected: `${dims.join(" × ")} numbers a sample`,
    found: said.dims.join(" × "),
  });
}
