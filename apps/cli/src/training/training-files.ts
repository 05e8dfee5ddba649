// What finetune writes: the network, its input card and vocabulary where there are any, the page, and training.json, which
// lists them all: by it the folder is known as Espalier's own.

import { type FinetuneOptions, modelBytes, VERSION } from "@espalier/core";
import { inputCardPath } from "@espalier/interchange";
import type { NamedFile, TrainingFile, TrainingRecord } from "@espalier/report";
import type { TrainResult } from "@espalier/train";
import type { Engine } from "../engine.js";
import type { CommandSession } from "../session.js";
import type { Source } from "../source.js";
import type { FittedData } from "./fit-data.js";
import { beforeAndAfter } from "./retrainer.js";
import { VOCABULARY, vocabularyFiles } from "./vocabulary-file.js";

const MODEL = "model.onnx";
const RECORD = "training.json";
export const REPORT = "report.html";

/** Every name that the folder may hold. */
export const TRAINING_FILES: readonly string[] = [MODEL, RECORD, REPORT, inputCardPath(MODEL), VOCABULARY];

export interface Finetuned {
  readonly source: Pick<Source, "name" | "bytes">;
  readonly teacher: Pick<Source, "name" | "bytes"> | null;
  readonly data: Pick<FittedData, "digests" | "withoutCard" | "vocabulary"> & {
    readonly train: Pick<FittedData["train"], "image">;
  };
  readonly options: FinetuneOptions;
  readonly zeros: number;
  readonly result: Pick<TrainResult, "model" | "history">;
  /** The input card that goes along. */
  readonly card: Uint8Array | null;
}

export async function trainingFiles(
  { commandLine }: Pick<CommandSession, "commandLine">,
  { host, runtime }: Pick<Engine, "host"> & { readonly runtime: Pick<Engine["runtime"], "name"> },
  finetuned: Finetuned,
): Promise<{ readonly record: TrainingRecord; readonly files: readonly NamedFile[] }> {
  const { source, teacher, data, options, zeros, result, card } = finetuned;
  const row = async ({ path, bytes }: Pick<NamedFile, "path" | "bytes">): Promise<TrainingFile> => ({
    ...{ path, sha256: await host.sha256(bytes), bytes: bytes.byteLength },
  });
  const model: NamedFile = { path: MODEL, role: "model", bytes: modelBytes(result.model) };
  const files: NamedFile[] = [
    model,
    ...(card === null ? [] : [{ path: inputCardPath(MODEL), role: "input card", bytes: card }]),
    ...vocabularyFiles(data.vocabulary),
  ];
  const told: TrainingRecord = {
    schema: 1,
    tool: "espalier",
    source: await row({ path: source.name, bytes: source.bytes }),
    artefact: await row(model),
    files: await Promise.all(files.map(row)),
    teacher: teacher === null ? null : await row({ path: teacher.name, bytes: teacher.bytes }),
    method: teacher === null ? "labels" : "distillation",
    data: data.digests,
    preparation: data.withoutCard ?? (data.train.image === null ? "none" : "as the input card says"),
    options,
    zeros,
    ...beforeAndAfter(result.history),
    history: result.history,
    versions: { espalier: VERSION, runtime: runtime.name },
    machine: host.machine(),
    createdAt: host.timestamp(),
    command: commandLine,
  };
  // It brings a plotting library along, which takes longer to load than all else.
  const { renderTrainingPage } = await import("@espalier/report");
  const page: NamedFile = { path: REPORT, role: "report", bytes: encode(renderTrainingPage(told)) };
  const record: TrainingRecord = { ...told, files: [...told.files, await row(page)] };
  const written: NamedFile = {
    ...{ path: RECORD, role: "training" },
    bytes: encode(`${JSON.stringify(record, null, 2)}\n`),
  };
  return { record, files: [...files, page, written] };
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
