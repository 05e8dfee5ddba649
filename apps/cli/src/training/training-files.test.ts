import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wordTokenizer } from "@espalier/data";
import type { TrainingRecord } from "@espalier/report";
import { checkFolderTarget, nodeHost } from "@espalier/runtime-node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { logistic } from "../../../../test/training-networks.js";
import { type Finetuned, TRAINING_FILES, trainingFiles } from "./training-files.js";

let box = "";
beforeEach(() => {
  box = mkdtempSync(join(tmpdir(), "espalier-tuned-"));
});
afterEach(() => rmSync(box, { recursive: true }));

const model = logistic(2, 2);
const evaluation = { step: 0, set: "test", samples: 4, loss: 1, accuracy: 0.5, kept: null };
const finetuned: Finetuned = {
  ...{ source: { name: "small.onnx", bytes: new Uint8Array(3) }, teacher: null, zeros: 0, card: null },
  data: {
    digests: { name: "letters", sha256: "a", count: 4, testSha256: "b", testCount: 4 },
    ...{ withoutCard: null, vocabulary: null, train: { image: null } },
  },
  options: {
    ...{ epochs: 1, batch: 2, learningRate: 0.1, optimiser: "sgd", schedule: "cosine" },
    ...{ augment: "none", statistics: "batch", seed: 1, threads: 1 },
  },
  result: {
    model,
    history: { stepsPerEpoch: 2, steps: 2, curve: [], evaluations: [evaluation, { ...evaluation, step: 2 }] },
  },
};
const files = (more: Partial<Finetuned> = {}) =>
  trainingFiles(
    { commandLine: ["espalier", "finetune"] },
    { host: nodeHost({ cache: null }), runtime: { name: "the runtime" } },
    { ...finetuned, ...more },
  );

describe("the files of a training", () => {
  it("are listed in its record with their digests, all but itself", async () => {
    const vocabulary = wordTokenizer(["<pad>", "<unk>", "don't", "go"]);
    const card = new TextEncoder().encode("{}");
    const { record, files: all } = await files({ card, data: { ...finetuned.data, vocabulary } });
    expect(all.map(({ path }) => path).sort()).toEqual([...TRAINING_FILES].sort());
    const bytesOf = (path: string): Uint8Array =>
      all.find((file) => file.path === path)?.bytes ?? new Uint8Array();
    for (const { path, sha256, bytes } of record.files) {
      expect(bytes).toBe(bytesOf(path).length);
      expect(sha256).toBe(createHash("sha256").update(bytesOf(path)).digest("hex"));
    }
    expect(record.files).toHaveLength(4);
    expect(record.files[0]).toEqual(record.artefact);
    const text = (path: string): string => new TextDecoder().decode(bytesOf(path));
    expect(JSON.parse(text("training.json")) as TrainingRecord).toEqual(JSON.parse(JSON.stringify(record)));
    // A token's id is the number of its line.
    expect(text("vocabulary.txt").split("\n")).toEqual(["<pad>", "<unk>", "don't", "go", ""]);
    expect((await files()).files.map(({ path }) => path)).toEqual([
      "model.onnx",
      "report.html",
      "training.json",
    ]);
  });

  it("are known again, so that a training may be done over", async () => {
    const folder = join(box, "tuned");
    mkdirSync(folder);
    for (const { path, bytes } of (await files()).files) writeFileSync(join(folder, path), bytes);
    const state = () => checkFolderTarget(folder, TRAINING_FILES, { force: false, inputs: [] });
    expect(state()).toBe("replaced");
    writeFileSync(join(folder, "notes.txt"), "mine");
    expect(state).toThrow(/"notes.txt", which Espalier did not write/);
  });
});
