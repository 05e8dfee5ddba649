// Training on the command line, with the built command: what it writes, how it goes on after it was stopped, what it
// refuses, and what the receipt of a network that was pruned and then trained is worth.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  applyPlan,
  type Claim,
  finetuneStep,
  isTraining,
  modelBytes,
  openSubject,
  planText,
  type Receipt,
  type Retrain,
  readPlan,
  readReceipt,
  receiptText,
  sealReceipt,
  verifyReceipt,
} from "@espalier/core";
import {
  DataType,
  GraphBuilder,
  intAttribute,
  intsAttribute,
  isEspalierError,
  readModel,
} from "@espalier/ir";
import type { TrainingRecord } from "@espalier/report";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import { zeroMasks } from "@espalier/train";
import { lenet5, resnet20 } from "@espalier/zoo";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { espalierIn, pruneIn } from "../cli-process.js";
import { drawn } from "../training-networks.js";

const MAIN = fileURLToPath(new URL("../../apps/cli/dist/main.js", import.meta.url));
const host = nodeHost({ cache: null });
const runtime = nodeRuntime({ threads: 1 });
let box = "";

const small = (more: Parameters<typeof lenet5>[0] = {}): Uint8Array =>
  modelBytes(lenet5({ width: 0.25, ...more }));
const TRAINING = ["--data", "digits", "--samples", "1500", "--learning-rate", "0.003", "--optimiser", "adam"];
const finetune = (out: string, ...more: string[]) =>
  espalierIn(box, "finetune", "small.onnx", ...TRAINING, "--epochs", "3", "--out", out, ...more);
const bytes = (path: string): Uint8Array => new Uint8Array(readFileSync(join(box, path)));
const sha256 = (path: string): string => createHash("sha256").update(bytes(path)).digest("hex");
const json = <T>(path: string): T => JSON.parse(new TextDecoder().decode(bytes(path))) as T;

beforeAll(() => {
  box = mkdtempSync(join(tmpdir(), "espalier-finetune-"));
  writeFileSync(join(box, "small.onnx"), small());
  writeFileSync(join(box, "five.onnx"), small({ classes: 5 }));
  writeFileSync(join(box, "twelve.onnx"), small({ classes: 12 }));
  for (const folder of ["foreign", "mine.training"]) {
    mkdirSync(join(box, folder));
    writeFileSync(join(box, folder, "notes.txt"), "");
  }
  const labels = [..."abcdefghij"];
  writeFileSync(join(box, "letters.io.json"), JSON.stringify({ inputs: [{ name: "input" }], labels }));
  const { status, stderr } = finetune("whole");
  expect(status, stderr).toBe(0);
});
afterAll(() => rmSync(box, { recursive: true, force: true }));

/** Runs the same training and stops it as soon as it says `when`. */
function stopped(out: string, when: string, signal: "SIGINT" | "SIGKILL"): Promise<number | string | null> {
  const { INIT_CWD: _, ...env } = process.env;
  const options = [...TRAINING, "--epochs", "3", "--out", out];
  const child = spawn(process.execPath, [MAIN, "finetune", "small.onnx", ...options], { cwd: box, env });
  let said = "";
  child.stderr.on("data", (text: Buffer) => {
    const before = said.includes(when);
    said += text.toString();
    if (!before && said.includes(when)) child.kill(signal);
  });
  return new Promise((resolve) => child.on("close", (code, ended) => resolve(code ?? ended)));
}

describe("finetune", () => {
  it("learns, and writes the network, the record and the page", () => {
    expect(readdirSync(join(box, "whole")).sort()).toEqual(["model.onnx", "report.html", "training.json"]);
    const record = json<TrainingRecord>("whole/training.json");
    expect(record.artefact).toEqual({
      ...{ path: "model.onnx", sha256: sha256("whole/model.onnx") },
      bytes: bytes("whole/model.onnx").length,
    });
    expect(record.source.sha256).toBe(sha256("small.onnx"));
    expect(record.data).toMatchObject({ name: "digits", count: 1500, testCount: 2000 });
    expect(record.before.accuracy).toBeLessThan(0.3);
    expect(record.after.accuracy).toBeGreaterThan(2 * record.before.accuracy);
    expect(record.after.loss).toBeLessThan(record.before.loss);
    expect(record.after.accuracy).toBeGreaterThan(0.5);
    expect(record.history.evaluations.map(({ step }) => step)).toEqual([0, 23, 46, 69]);
    expect(record.history.curve).toHaveLength(69);
    expect(record.options).toMatchObject({ epochs: 3, batch: 64, learningRate: 0.003, schedule: "cosine" });
    const page = new TextDecoder().decode(bytes("whole/report.html"));
    expect(page).toContain(`→ ${(100 * record.after.accuracy).toFixed(1)}`);
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    expect(existsSync(join(box, "whole.training"))).toBe(false);
    // The same interface: numbers changed, nothing else.
    const [before, after] = [readModel(bytes("small.onnx")), readModel(bytes("whole/model.onnx"))];
    expect(after.graph.nodes.size).toBe(before.graph.nodes.size);
  });

  it("goes on to the same bytes after Ctrl-C and after a kill", async () => {
    expect(await stopped("part", "epoch 1/3", "SIGINT")).toBe(130);
    expect(existsSync(join(box, "part"))).toBe(false);
    expect(await stopped("part", "epoch 2/3", "SIGKILL")).toBe("SIGKILL");
    expect(readdirSync(join(box, "part.training")).length).toBeGreaterThan(0);
    // Another training does not go on from it.
    const other = finetune("part", "--seed", "2", "--json");
    expect([other.status, JSON.parse(other.stdout).error.code]).toEqual([2, "CHECKPOINT_MISMATCH"]);
    const { status, stderr } = finetune("part", "--resume");
    expect(status, stderr).toBe(0);
    expect(stderr).not.toContain("epoch 0/3");
    expect(sha256("part/model.onnx")).toBe(sha256("whole/model.onnx"));
    const [part, whole] = ["part", "whole"].map((out) => json<TrainingRecord>(`${out}/training.json`));
    expect(part?.history).toEqual(whole?.history);
    expect(existsSync(join(box, "part.training"))).toBe(false);
  });

  it("changes images and keeps stored statistics where it is told to", () => {
    const source = resnet20({ width: 0.25, seed: 3 });
    writeFileSync(join(box, "normalised.onnx"), modelBytes(source));
    const train = (out: string, ...more: string[]): ReadonlyMap<string, string> => {
      const options = ["--data", "shapes", "--samples", "128", "--epochs", "1", "--out", out];
      const { status, stderr } = espalierIn(box, "finetune", "normalised.onnx", ...options, ...more);
      expect(status, stderr).toBe(0);
      const { graph } = readModel(bytes(`${out}/model.onnx`));
      return new Map(
        [...graph.initializers].map(({ name, initializer }) => [name, String(initializer?.bytes())]),
      );
    };
    const plain = train("plain", "--statistics", "stored");
    const changed = train("changed", "--statistics", "stored", "--augment", "crop-flip");
    // In the place of the first: a folder of its own is replaced.
    const batch = train("plain");
    expect(json<TrainingRecord>("changed/training.json").options).toMatchObject({
      augment: "crop-flip",
      statistics: "stored",
    });
    const before = new Map(
      [...source.graph.initializers].map(({ name, initializer }) => [name, String(initializer?.bytes())]),
    );
    const moved = (after: ReadonlyMap<string, string>, kind: RegExp): boolean =>
      [...before].some(([name, text]) => kind.test(name) && after.get(name) !== text);
    expect([plain, changed, batch].map((after) => moved(after, /running_(mean|var)/))).toEqual([
      false,
      false,
      true,
    ]);
    expect([plain, changed, batch].map((after) => moved(after, /conv\d?\.weight/))).toEqual([
      true,
      true,
      true,
    ]);
    expect(changed.get("conv1.weight")).not.toBe(plain.get("conv1.weight"));
  });

  it("learns from a teacher, and keeps the zeros of a network whose weights were pruned", () => {
    const model = lenet5({ width: 0.25 });
    const filter = [...model.graph.initializers].find(({ name }) => name.includes("conv2"));
    const tensor = filter?.initializer;
    if (!tensor) throw new Error("no filter");
    tensor.bytes().fill(0, 0, 400);
    writeFileSync(join(box, "sparse.onnx"), modelBytes(model));
    const zerosIn = (path: string): number =>
      [...zeroMasks(readModel(bytes(path))).values()].reduce(
        (sum, mask) => sum + mask.reduce((zeros, keep) => zeros + (1 - keep), 0),
        0,
      );
    const zeros = zerosIn("sparse.onnx");
    expect(zeros).toBeGreaterThanOrEqual(100);
    const options = ["--data", "digits", "--samples", "256", "--epochs", "1", "--out", "taught"];
    const { status, stderr } = espalierIn(
      box,
      "finetune",
      "sparse.onnx",
      ...options,
      "--teacher",
      "whole/model.onnx",
    );
    expect(status, stderr).toBe(0);
    expect(stderr).toContain(`${zeros} weights are exactly zero and stay zero`);
    expect(zerosIn("taught/model.onnx")).toBe(zeros);
    expect(json<TrainingRecord>("taught/training.json")).toMatchObject({
      ...{ method: "distillation", zeros },
      teacher: { sha256: sha256("whole/model.onnx") },
    });
  });

  const refused: readonly [what: string, status: number, code: string, model: string, options: string[]][] = [
    ["an unknown data set", 2, "INVALID_OPTION", "small", ["--data", "letters"]],
    ["a data set of another shape", 2, "DATA_UNFIT", "small", ["--data", "shapes"]],
    ["more classes than the network has", 2, "DATA_UNFIT", "five", ["--data", "digits"]],
    ["no epoch", 2, "INVALID_OPTION", "small", ["--data", "digits", "--epochs", "0"]],
    [
      "a teacher of other outputs",
      2,
      "DATA_UNFIT",
      "small",
      ["--data", "digits", "--teacher", "twelve.onnx"],
    ],
    ["nothing to go on with", 2, "INVALID_OPTION", "small", ["--data", "digits", "--resume"]],
    ["a folder of somebody else", 2, "EXISTS", "small", ["--data", "digits", "--out", "foreign"]],
    ["somebody else's folder for checkpoints", 2, "EXISTS", "small", ["--data", "digits", "--out", "mine"]],
    [
      "classes of other names",
      2,
      "DATA_UNFIT",
      "small",
      ["--data", "digits", "--preprocess", "letters.io.json"],
    ],
  ];
  for (const [what, status, code, model, options] of refused)
    it(`refuses ${what}`, () => {
      const found = espalierIn(box, "finetune", `${model}.onnx`, "--out", "never", ...options, "--json");
      const { error } = JSON.parse(found.stdout) as {
        error: { code: string; context: Record<string, string> };
      };
      expect([found.status, error.code]).toEqual([status, code]);
      expect(existsSync(join(box, "never"))).toBe(false);
      if (what.includes("shape"))
        expect([error.context.expected, error.context.found]).toEqual([
          "float32 of 1 × 28 × 28 a sample",
          "float32 of 3 × 32 × 32 a sample",
        ]);
    });
});

describe("texts", () => {
  it("are learned by ids whose vocabulary lies beside the network", () => {
    const net = new GraphBuilder();
    const ids = net.input("ids", ["N", 48], DataType.INT64);
    const found = net.op("Gather", [net.weight("rows", drawn(1, "rows", [4, 8])), ids]);
    const options = { attributes: { axes: intsAttribute([1]), keepdims: intAttribute(0) } };
    const mean = net.op("Relu", [net.op("ReduceMean", [found], options)]);
    net.output(net.op("MatMul", [mean, net.weight("w", drawn(2, "w", [8, 2]))]), "logits");
    writeFileSync(join(box, "texts.onnx"), modelBytes(net.model()));
    mkdirSync(join(box, "text/sst-2"), { recursive: true });
    const rows = Array.from({ length: 64 }, (_, i) => (i % 2 ? "fine\t1" : "dull\t0"));
    for (const part of ["train", "test"])
      writeFileSync(join(box, "text/sst-2", `${part}.tsv`), ["sentence\tlabel", ...rows, ""].join("\n"));
    const { ESPALIER_DATA } = process.env;
    process.env.ESPALIER_DATA = box;
    try {
      const training = ["--data", "sst-2", "--epochs", "1"];
      const { status, stderr } = pruneIn(box, "texts.onnx", "short", ...training);
      expect(status, stderr).toBe(0);
      expect(stderr).toContain("own vocabulary of sst-2 (4 tokens)");
    } finally {
      if (ESPALIER_DATA === undefined) delete process.env.ESPALIER_DATA;
      else process.env.ESPALIER_DATA = ESPALIER_DATA;
    }
    expect(new TextDecoder().decode(bytes("short/vocabulary.txt"))).toBe("<pad>\n<unk>\ndull\nfine\n");
    const { files } = readReceipt(bytes("short/receipt.json"));
    expect(files.find(({ path }) => path === "vocabulary.txt")?.sha256).toBe(sha256("short/vocabulary.txt"));
  });
});

describe("prune with data", () => {
  const how = ["--augment", "crop", "--statistics", "stored", "--rate-schedule", "constant"];
  const data = ["--data", "digits", "--samples", "1500", "--epochs", "2", ...how];
  const pruned = (out: string, ...more: string[]) => pruneIn(box, "whole/model.onnx", out, ...data, ...more);
  const receipt = (): Receipt => readReceipt(bytes("pruned/receipt.json"));

  beforeAll(() => {
    const { status, stderr } = pruned("pruned");
    expect(status, stderr).toBe(0);
  });

  it("trains after the removal, taught by the dense network, and says what that gave", () => {
    const plan = readPlan(bytes("pruned/plan.json"));
    const step = finetuneStep(plan.steps);
    const { recovery, accuracy } = receipt();
    expect(step).toMatchObject({ method: "distillation", data: { name: "digits", count: 1500 } });
    expect(plan.steps.at(-1)).toEqual(step);
    expect(step?.options).toMatchObject({
      ...{ epochs: 2, learningRate: 0.01, optimiser: "sgd", schedule: "constant" },
      ...{ augment: "crop", statistics: "stored" },
    });
    const [entry] = recovery.filter(isTraining);
    expect(entry).toMatchObject({ step: plan.steps.length - 1, method: "distillation", epochs: 2, n: 1500 });
    expect(accuracy?.before).toBe(json<TrainingRecord>("whole/training.json").after.accuracy);
    expect(accuracy?.pruned).toBe(entry?.before.accuracy);
    expect(accuracy?.recovered).toBe(entry?.after.accuracy);
    expect(accuracy?.recovered).toBeGreaterThan(accuracy?.pruned as number);
    expect(existsSync(join(box, "pruned.training"))).toBe(false);
  });

  it("is replayed to the same bytes", () => {
    const applied = espalierIn(
      ...([box, "apply", "pruned/plan.json", "whole/model.onnx"] as const),
      ...["--no-measure", "--out", "applied"],
    );
    expect(applied.status, applied.stderr).toBe(0);
    for (const file of ["model.onnx", "plan.json"])
      expect(sha256(`applied/${file}`)).toBe(sha256(`pruned/${file}`));
    const other = espalierIn(
      ...([box, "apply", "pruned/plan.json", "whole/model.onnx"] as const),
      ...["--seed", "2", "--out", "never"],
    );
    expect([other.status, other.stderr]).toEqual([
      2,
      expect.stringContaining("--seed; expected the plan's own: 1"),
    ]);
  });

  it("is verified: accuracies are counted, and it is trained again unless that is left out", () => {
    const verified = espalierIn(box, "verify", "pruned", "--source", "whole/model.onnx");
    expect(verified.status, verified.stdout).toBe(0);
    expect(verified.stdout).toMatch(/holds +weights follow from training/);
    const open = espalierIn(box, "verify", "pruned", "--source", "whole/model.onnx", "--no-retrain");
    expect(open.status).toBe(5);
    expect(open.stdout).toMatch(/holds +accuracy on the test samples/);
    expect(open.stdout).toMatch(/not checked +weights follow from training/);
  });

  it("is found out when its accuracy was forged", async () => {
    cpSync(join(box, "pruned"), join(box, "forged"), { recursive: true });
    const { accuracy, ...rest } = receipt();
    if (accuracy === undefined) throw new Error("no accuracy");
    const forged = await sealReceipt({ ...rest, accuracy: { ...accuracy, recovered: 1 } }, host);
    writeFileSync(join(box, "forged/receipt.json"), receiptText(forged));
    const { status, stdout } = espalierIn(
      box,
      "verify",
      "forged",
      "--source",
      "whole/model.onnx",
      "--no-retrain",
    );
    expect(status).toBe(1);
    expect(stdout).toMatch(/FAILS +accuracy on the test samples/);
  });

  /** Claims about the folder with another trainer, or none. */
  async function claimsWith(
    retrain: Retrain | null,
    files: Record<string, Uint8Array> = {},
  ): Promise<Claim[]> {
    const names = receipt().files.map(({ path }) => path);
    return [
      ...(await verifyReceipt({
        ...{ receipt: receipt(), sourceBytes: bytes("whole/model.onnx"), runtime, host, retrain },
        files: new Map(names.map((path) => [path, files[path] ?? bytes(`pruned/${path}`)])),
        specified: [],
      })),
    ];
  }
  const statusOf = (claims: readonly Claim[], name: string) =>
    claims.find((claim) => claim.name === name)?.status;

  it("leaves open what nothing can train again, and says why", async () => {
    const claims = await claimsWith(null);
    expect(statusOf(claims, "artefact is the plan applied to the source")).toBe("holds");
    expect(statusOf(claims, "weights of the artefact are the plan's")).toBe("holds");
    for (const name of ["accuracy on the test samples", "weights follow from training"]) {
      const claim = claims.find((one) => one.name === name);
      expect(claim?.status).toBe("unchecked");
      expect(claim?.found).toContain("nothing that trains");
      expect(claim?.expected).toContain("1500 samples of digits");
    }
    expect(claims.some(({ status }) => status === "fails")).toBe(false);
    const plan = readPlan(bytes("pruned/plan.json"));
    const applied = applyPlan({ name: "cpu" }, plan, bytes("whole/model.onnx"), {
      runtime,
      host,
      measure: false,
    });
    await expect(applied).rejects.toMatchObject({ code: "DATA_MISSING" });
  });

  it("fails when training again gives other weights, or the network holds others", async () => {
    const other = openSubject(bytes("pruned/model.onnx")).model;
    const filter = [...other.graph.initializers].find(({ name }) => name.includes("conv1"))?.initializer;
    if (!filter) throw new Error("no filter");
    const honest = finetuneStep(readPlan(bytes("pruned/plan.json")).steps);
    if (honest === null) throw new Error("no training");
    filter.bytes().fill(1, 0, 4);
    const scores = honest.after;
    const retrain: Retrain = {
      train: async () => ({ ...honest, model: other }),
      evaluate: async () => scores,
      judge: async () => scores,
    };
    expect(statusOf(await claimsWith(retrain), "weights follow from training")).toBe("fails");
    const claims = await claimsWith(retrain, { "model.onnx": modelBytes(other) });
    expect(statusOf(claims, "weights of the artefact are the plan's")).toBe("fails");
  });

  it("refuses what contradicts itself", () => {
    const drop = pruneIn(box, "whole/model.onnx", "never", ...data, "--max-drop", "1%");
    expect([drop.status, drop.stderr]).toEqual([2, expect.stringContaining("--max-drop")]);
    const without = pruneIn(box, "whole/model.onnx", "never", "--epochs", "2");
    expect([without.status, without.stderr]).toEqual([2, expect.stringContaining("--epochs")]);
    const plan = readPlan(bytes("pruned/plan.json"));
    const twice = { ...plan, steps: [...plan.steps, ...plan.steps.slice(-1)] };
    try {
      readPlan(new TextEncoder().encode(planText(twice)));
      expect.unreachable();
    } catch (error) {
      expect(isEspalierError(error) && error.code).toBe("INVALID_PLAN");
    }
  });
});
