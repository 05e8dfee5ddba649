// A Hugging Face folder in gives one out, by the built command line; transformers.js under Node loads it with no
// option. The network is the small one that ships with the command, named as transformers.js calls its inputs.

import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compareOutput, type RuntimeTensor } from "@espalier/core";
import { concatChunks, DataType, type Model, readModel, shapeText, writeModel } from "@espalier/ir";
import { nodeRuntime } from "@espalier/runtime-node";
import { AutoModelForImageClassification, env, Tensor } from "@huggingface/transformers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, espalierIn, pruneIn } from "../cli-process.js";

const DIGITS = fileURLToPath(new URL("../../apps/cli/models/digits.onnx", import.meta.url));
const TOKENIZER = '{"version": "1.0",  "model": {"unk": 1e+30}}';
const CARD = '{"inputs":[{"name":"pixel_values","layout":"NCHW","channels":"grey"}],  "mine": 1}';
let box = "";

beforeAll(() => {
  box = mkdtempSync(join(tmpdir(), "espalier-hf-"));
  writeFolder("source");
  env.allowRemoteModels = false;
  env.useFSCache = false;
  env.localModelPath = box;
});
afterAll(() => rmSync(box, { recursive: true, force: true }));

const inBox = (...names: string[]): string => join(box, ...names);
const text = (...names: string[]): string => readFileSync(inBox(...names), "utf8");
const prune = (model: string, out: string, ...more: string[]): Ended => pruneIn(box, model, out, ...more);

describe("prune", () => {
  it("writes the same layout, with what goes along byte for byte", () => {
    expect(prune("source", "pruned").status).toBe(0);
    expect(readdirSync(inBox("pruned")).sort()).toEqual([
      "LICENSE",
      "README.md",
      "config.json",
      "onnx",
      "plan.json",
      "preprocessor_config.json",
      "receipt.json",
      "report.html",
      "tokenizer.json",
    ]);
    expect(readdirSync(inBox("pruned/onnx"))).toEqual(["model.onnx"]);
    for (const file of ["LICENSE", "preprocessor_config.json", "tokenizer.json"])
      expect(text("pruned", file)).toBe(text("source", file));
    const added = ',\n  "transformers.js_config": {\n    "dtype": "fp32"\n  }\n}\n';
    expect(text("pruned/config.json")).toBe(text("source/config.json").replace(/\n\}\n$/, added));
    expect(text("pruned/README.md")).toMatch(
      /^---\nbase_model: org\/digits\nbase_model_relation: quantized\nlicense: mit\npipeline_tag: image-classification\nlibrary_name: transformers.js\ntags:\n {2}- onnx\n {2}- pruned\n {2}- espalier\n---\n/,
    );
    const { macs } = JSON.parse(text("pruned/receipt.json"));
    expect(macs.after).toBeLessThan(macs.before);
  });

  it("keeps names, types, symbolic axes, opset and IR version", () => {
    const [before, after] = ["source", "pruned"].map((folder) =>
      interfaceOf(readModel(new Uint8Array(readFileSync(inBox(folder, "onnx/model.onnx"))))),
    );
    expect(before).toContain("pixel_values");
    expect(before).toContain("[N, ");
    expect(after).toBe(before);
  });

  it("is a folder whose receipt holds, and whose plan replays to the same bytes", () => {
    const verified = espalierIn(box, "verify", "pruned", "--source", "source", "--json");
    expect(JSON.parse(verified.stdout)).toMatchObject({ verdict: "holds" });
    expect(verified.status).toBe(0);
    expect(
      espalierIn(box, "apply", "pruned/plan.json", "source", "--no-measure", "--out", "applied").status,
    ).toBe(0);
    for (const file of ["onnx/model.onnx", "plan.json", "config.json"])
      expect(readFileSync(inBox("applied", file)).equals(readFileSync(inBox("pruned", file)))).toBe(true);
    appendFileSync(inBox("applied/config.json"), " ");
    expect(espalierIn(box, "verify", "applied", "--source", "source").status).toBe(1);
  });

  it("loads in transformers.js under Node with no option, and gives the logits of onnxruntime-node", async () => {
    await agreesWithRuntime("pruned", "onnx/model.onnx");
  });

  it("chooses among several files only when told which, keeps the suffix and names its dtype", async () => {
    writeFolder("several");
    writeFolder("several", { file: "model_fp16.onnx" });
    const refused = espalierIn(box, "inspect", "several", "--json");
    expect(refused.status).toBe(2);
    expect(JSON.parse(refused.stdout).error).toMatchObject({
      code: "SEVERAL_MODELS",
      context: { found: '"onnx/model.onnx" (fp32), "onnx/model_fp16.onnx" (fp16)' },
    });
    writeFileSync(inBox("card.json"), CARD);
    expect(prune("several", "half", "--dtype", "fp16", "--preprocess", "card.json").status).toBe(0);
    expect(readdirSync(inBox("half/onnx")).sort()).toEqual(["model_fp16.io.json", "model_fp16.onnx"]);
    expect(JSON.parse(text("half/config.json"))["transformers.js_config"]).toEqual({ dtype: "fp16" });
    await agreesWithRuntime("half", "onnx/model_fp16.onnx");
  });

  it("refuses a part of a model of several files as a folder, and prunes it as a bare file", () => {
    writeFolder("parts", { file: "encoder_model.onnx" });
    expect(codeOf(prune("parts", "no", "--json"))).toEqual([3, "MULTI_FILE_MODEL"]);
    expect(existsSync(inBox("no"))).toBe(false);
    expect(prune("parts", "part", "--layout", "flat").status).toBe(0);
    expect(readdirSync(inBox("part")).sort()).toEqual([
      "model.onnx",
      "plan.json",
      "receipt.json",
      "report.html",
    ]);
  });

  it("makes no folder out of a bare file", () => {
    expect(codeOf(prune("source/onnx/model.onnx", "no", "--layout", "hf", "--json"))).toEqual([
      2,
      "INVALID_OPTION",
    ]);
  });

  it("writes no half of a folder when nothing could be pruned", () => {
    expect(prune("source", "nothing", "--exclude", "**").status).toBe(4);
    expect(readdirSync(inBox("nothing")).sort()).toEqual(["plan.json", "receipt.json", "report.html"]);
  });

  it("takes the user's input card along byte for byte, and from a pruned folder to the next", () => {
    expect(text("half/onnx/model_fp16.io.json")).toBe(CARD);
    // A pruned folder is a source like any other, and a folder of Espalier's own may be replaced.
    expect(prune("half", "applied").status).toBe(0);
    expect(text("applied/onnx/model_fp16.io.json")).toBe(CARD);
    writeFileSync(inBox("card.json"), '{"inputs":[]}');
    expect(codeOf(prune("source", "no", "--preprocess", "card.json", "--json"))).toEqual([3, "INVALID_CARD"]);
  });
});

describe("inspect", () => {
  it("says what transformers.js opens, what goes along and why there is no input card", () => {
    const { status, stdout } = espalierIn(box, "inspect", "source", "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout).folder).toEqual({
      file: "onnx/model.onnx",
      dtype: "fp32",
      modelType: "resnet",
      models: [{ path: "onnx/model.onnx", dtype: "fp32", bytes: expect.any(Number) }],
      opened: [
        { device: "wasm", path: "onnx/model_quantized.onnx", isThere: false },
        { device: "cpu", path: "onnx/model.onnx", isThere: true },
      ],
      copied: ["LICENSE", "preprocessor_config.json", "tokenizer.json"],
      leftBehind: ["model.safetensors"],
      card: null,
      noCard: "no input is an image of three channels",
    });
  });

  it("refuses a folder that is none", () => {
    mkdirSync(inBox("empty"));
    expect(codeOf(espalierIn(box, "inspect", "empty", "--json"))).toEqual([3, "INVALID_FOLDER"]);
  });

  it("copies no link, and then writes nothing", () => {
    cpSync(inBox("source"), inBox("linked"), { recursive: true });
    rmSync(inBox("linked/LICENSE"));
    symlinkSync("/etc/hostname", inBox("linked/LICENSE"));
    expect(codeOf(prune("linked", "no", "--json"))).toEqual([3, "EXTERNAL_LINK"]);
    expect(existsSync(inBox("no"))).toBe(false);
  });
});

/** Exit code and error code. */
function codeOf({ status, stdout }: Ended): [number | null, string] {
  return [status, JSON.parse(stdout).error?.code];
}

/** Adds the shipped network, as `onnx/<file>`, and what surrounds it. */
function writeFolder(name: string, { file = "model.onnx" }: { readonly file?: string } = {}): void {
  const model = readModel(new Uint8Array(readFileSync(DIGITS)));
  for (const input of model.graph.inputs) input.name = "pixel_values";
  for (const output of model.graph.outputs) output.name = "logits";
  mkdirSync(inBox(name, "onnx"), { recursive: true });
  writeFileSync(inBox(name, "onnx", file), concatChunks(writeModel(model).chunks));
  const config = { _name_or_path: "org/digits", model_type: "resnet", id2label: { 0: "zero", 1: "one" } };
  writeFileSync(inBox(name, "config.json"), `${JSON.stringify(config, null, 2)}\n`);
  writeFileSync(inBox(name, "preprocessor_config.json"), '{"do_resize": false}');
  writeFileSync(inBox(name, "tokenizer.json"), TOKENIZER);
  writeFileSync(inBox(name, "LICENSE"), "MIT");
  writeFileSync(inBox(name, "model.safetensors"), "weights");
  writeFileSync(
    inBox(name, "README.md"),
    "---\nlicense: mit\npipeline_tag: image-classification\n---\n# Digits\n",
  );
}

function interfaceOf({ graph, opsets, irVersion }: Model): string {
  const values = [...graph.inputs, ...graph.outputs].map(({ name, type }) =>
    type?.kind === "tensor" ? `${name} ${type.dataType} ${shapeText(type.shape)}` : name,
  );
  return JSON.stringify([values, [...opsets], irVersion]);
}

/** The same logits from transformers.js and from the runtime itself, for a few inputs. */
async function agreesWithRuntime(folder: string, file: string): Promise<void> {
  const model = await AutoModelForImageClassification.from_pretrained(folder);
  const session = await nodeRuntime().load(new Uint8Array(readFileSync(inBox(folder, file))));
  const dims = (session.inputs[0]?.shape ?? []).map((size) => (typeof size === "number" ? size : 1));
  const count = dims.reduce((a, b) => a * b, 1);
  for (const seed of [1, 2, 3]) {
    const data = Float32Array.from({ length: count }, (_, at) => Math.sin(seed * at));
    const expected = await session.run({ pixel_values: { dataType: DataType.FLOAT, dims, data } });
    const { logits } = await model({ pixel_values: new Tensor("float32", data, dims) });
    const actual = { dataType: DataType.FLOAT, dims: logits.dims, data: logits.data as Float32Array };
    const { maxRel, scale } = compareOutput("logits", expected.logits as RuntimeTensor, actual);
    expect(maxRel).toBeLessThanOrEqual(1e-6);
    expect(scale).toBeGreaterThan(0.1);
  }
  await session.dispose();
  await model.dispose();
}
