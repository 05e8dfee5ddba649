// The deployed folder of deploy-tflite, what it refuses, and the times of a phone, as users meet them. Runs dist/, so
// build first.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { openSubject, readReceipt } from "@espalier/core";
import { concatChunks, floatTensor, GraphBuilder, writeModel } from "@espalier/ir";
import { nodeTfliteRuntime } from "@espalier/runtime-tflite/node";
import { readTflite } from "@espalier/tflite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { espalierIn } from "../cli-process.js";
import { DIGITS, deployDigitsBy, runDeploy, SAMPLES } from "../deploy-process.js";

let box = "";
let folder = "";

beforeAll(() => {
  box = mkdtempSync(join(tmpdir(), "espalier-deploy-tflite-"));
  folder = join(box, "deployed");
  const { status, stderr } = deployDigitsBy("deploy-tflite", folder);
  expect(status, stderr).toBe(0);
});
afterAll(() => rmSync(box, { recursive: true, force: true }));

const deployTflite = (...args: string[]) => runDeploy("deploy-tflite", ...args);
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const bytesIn = (...names: string[]): Uint8Array => new Uint8Array(readFileSync(join(...names)));
const jsonIn = (...names: string[]) => JSON.parse(readFileSync(join(...names), "utf8"));

function filesIn(place: string): string[] {
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(place.length + 1));
}

describe("deploying", () => {
  it("writes the file, its pages, engines and script, all of them in the receipt; and it verifies", () => {
    const receipt = readReceipt(bytesIn(folder, "receipt.json"));
    const listed = [...receipt.files.map(({ path }) => path), "receipt.json"];
    expect(filesIn(folder).sort()).toEqual(listed.sort());
    for (const { path, sha256: digest } of receipt.files)
      expect(sha256(bytesIn(folder, path)), path).toBe(digest);
    for (const path of [
      "model.tflite",
      "dense.tflite",
      "pruned.onnx",
      "plan.json",
      "report.html",
      "metadata.json",
      "model.io.json",
      "phone.sh",
      "index.html",
      "samples/3.png",
      "engines/litert/litert_wasm_internal.wasm",
      "engines/litert/litert_wasm_compat_internal.wasm",
      "evaluating/tfjs/tflite_web_api_cc_simd.wasm",
    ])
      expect(listed).toContain(path);
    // No other engine: its files are larger than all others together.
    expect(listed.filter((path) => path.endsWith(".wasm"))).toHaveLength(3);
    expect(receipt.target).toBe("tflite");
    const verified = espalierIn(box, "verify", folder, "--source", DIGITS);
    expect(verified.status, verified.stdout + verified.stderr).toBe(0);
  });

  it("says in metadata.json what the file is, what ONNX calls it, and what the card says", () => {
    const metadata = jsonIn(folder, "metadata.json");
    const bytes = bytesIn(folder, "model.tflite");
    const [main] = readTflite(bytes).subgraphs;
    const { model, facts } = openSubject(bytesIn(folder, "pruned.onnx"));
    expect(metadata.model).toEqual({
      path: "model.tflite",
      sha256: sha256(bytes),
      bytes: bytes.byteLength,
    });
    for (const [ports, indices, values] of [
      [metadata.inputs, main!.inputs, model.graph.inputs.filter(({ initializer }) => initializer === null)],
      [metadata.outputs, main!.outputs, model.graph.outputs],
    ]) {
      expect(ports).toHaveLength(values.length);
      for (const [i, { name, type, shape, onnx, quantization }] of ports.entries()) {
        const tensor = main!.tensors[indices[i]!]!;
        expect({ type, shape }).toEqual({ type: tensor.type, shape: tensor.shape });
        expect(quantization).toBeNull();
        expect(name).toBe(values[i]!.name);
        expect(onnx.shape.slice(1)).toEqual(facts.shape(values[i]!)!.slice(1));
        expect(onnx.permutation.map((axis: number) => onnx.shape[axis])).toEqual(shape);
      }
    }
    const card = jsonIn(DIGITS.replace(/\.onnx$/, ".io.json"));
    const { name, layout, ...image } = card.inputs[0];
    expect(metadata.inputs[0]).toMatchObject({ name, layout: "NHWC", image });
    expect(metadata).toMatchObject({
      precision: "float32",
      labels: card.labels,
      outputs: [{ kind: "logits" }],
      card: "written",
    });
  });

  it("writes int8 by calibration inputs, with one engine and layouts as they are asked for", async () => {
    const pictures = join(box, "pictures");
    mkdirSync(pictures);
    // As many as one run of a network with an open batch takes.
    for (let i = 0; i < 16; i++) cpSync(SAMPLES[i % 3] as string, join(pictures, `${i}.png`));
    const out = join(box, "int8");
    const { status, stderr } = deployDigitsBy(
      "deploy-tflite",
      out,
      ...["--precision", "int8", "--calibration", pictures, "--recover", "none"],
      ...["--io-layout", "nchw", "--engine", "tfjs"],
    );
    expect(status, stderr).toBe(0);
    const file = readTflite(bytesIn(out, "model.tflite"));
    expect(file.subgraphs[0]!.tensors.some(({ type }) => type === "INT8")).toBe(true);
    const dense = readTflite(bytesIn(out, "dense.tflite"));
    expect(dense.subgraphs[0]!.tensors.some(({ type }) => type === "INT8")).toBe(false);
    const metadata = jsonIn(out, "metadata.json");
    expect(metadata).toMatchObject({
      precision: "int8",
      inputs: [{ type: "FLOAT32", layout: "ONNX", shape: [1, 1, 28, 28] }],
    });
    expect(Object.keys(jsonIn(out, "deployment.json").engines)).toEqual(["tfjs"]);
    expect(filesIn(out).some((path) => path.startsWith("engines/"))).toBe(false);
    expect(readReceipt(bytesIn(out, "receipt.json")).export?.runtime).toContain("tfjs-tflite");
    // Both files load where they are for.
    for (const name of ["model.tflite", "dense.tflite"]) {
      const session = await nodeTfliteRuntime().load(bytesIn(out, name));
      expect(session.inputs[0]?.shape).toEqual([1, 1, 28, 28]);
      await session.dispose();
    }
  });

  it("makes the same of what was pruned already, in its own precision", () => {
    const pruned = join(box, "int8");
    const out = join(box, "from");
    const samples = SAMPLES.flatMap((path) => ["--sample", path]);
    const { status, stderr } = deployTflite(
      DIGITS,
      "--from",
      pruned,
      "--out",
      out,
      "--engine",
      "tfjs",
      ...samples,
    );
    expect(status, stderr).toBe(0);
    for (const path of ["model.tflite", "dense.tflite", "pruned.onnx", "metadata.json", "deployment.json"])
      expect(bytesIn(out, path), path).toEqual(bytesIn(pruned, path));
  });

  it("ends with codes and reasons, and writes nothing then", () => {
    const before = readdirSync(box).sort();
    const none = join(box, "none");
    const out = ["--out", none, "--no-browser"];
    const text = join(folder, "style.css");
    const foreign = join(folder, "samples");
    const unlowered = join(box, "unlowered.onnx");
    writeFileSync(unlowered, hardmaxModel());
    const cases: readonly (readonly [readonly string[], number, string])[] = [
      [[join(box, "absent.onnx"), ...out], 3, "NOT_FOUND"],
      [[text, ...out], 3, "deploy-tflite: ["],
      [[DIGITS, "--out", foreign, "--no-browser"], 2, "EXISTS"],
      [[DIGITS, ...out, "--engine", "other"], 2, "litert or tfjs"],
      [[DIGITS, ...out, "--precision", "int3"], 2, "dynamic-int8"],
      [[DIGITS, ...out, "--precision", "int8"], 2, "CALIBRATION_MISSING"],
      [[DIGITS, ...out, "--recover", "bias"], 2, "CALIBRATION_MISSING"],
      [[DIGITS, ...out, "--sparse", "densify"], 4, "SPARSE_"],
      [[DIGITS, ...out, "--granularity", "element", "--ratio", "0.85"], 4, "SPARSE_NO_END"],
      [[unlowered, ...out], 4, "OP_NOT_LOWERED"],
      [[DIGITS, ...out, "--sample", text], 2, "INVALID_OPTION"],
    ];
    for (const [args, status, said] of cases) {
      const ended = deployTflite(...args);
      expect([ended.status, ended.stdout + ended.stderr], said).toEqual([
        status,
        expect.stringContaining(said),
      ]);
    }
    rmSync(unlowered);
    expect(readdirSync(box).sort()).toEqual(before);
  });
});

/** y = Hardmax(W x): an operator that nothing lowers. */
function hardmaxModel(): Uint8Array {
  const graph = new GraphBuilder();
  const weight = graph.weight(
    "w",
    floatTensor(
      [8, 4],
      Float32Array.from({ length: 32 }, (_, i) => Math.sin(i)),
    ),
  );
  const hidden = graph.op("Relu", [graph.op("MatMul", [graph.input("x", [1, 8]), weight])]);
  graph.output(graph.op("Hardmax", [hidden]), "y");
  return concatChunks(writeModel(graph.model()).chunks);
}

describe.skipIf(process.platform === "win32")("times of a phone", () => {
  /** An adb whose phone takes 2 ms for the first file and 1 ms for the second. */
  const ADB = `#!/bin/sh
case "$*" in
  *push*) test -f "$2" || exit 1; exit 0 ;;
  *--graph=*/0.tflite*) us=2000 ;;
  *--graph=*/1.tflite*) us=1000 ;;
  *) exit 0 ;;
esac
echo "Running benchmark for at least 30 iterations and at least 0 seconds but terminate if exceeding 150 seconds."
echo "count=30 curr=$us(all same)"
echo "Inference timings in us: Init: 100, First inference: 900, Warmup (avg): 800, Inference (avg): $us"
`;

  it("come from the folder's script, and are read from what it prints", () => {
    const phone = join(box, "phone");
    cpSync(folder, phone, { recursive: true });
    const tools = join(box, "tools");
    mkdirSync(tools);
    writeFileSync(join(tools, "adb"), ADB);
    chmodSync(join(tools, "adb"), 0o755);
    writeFileSync(join(phone, "benchmark_model"), "the tool");
    const env = { PATH: `${tools}${delimiter}${process.env.PATH}` };
    const ran = spawnSync("sh", ["phone.sh"], { cwd: phone, env, encoding: "utf8" });
    expect(ran.status, ran.stderr).toBe(0);
    expect(deployTflite("times", phone)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining("phone.log"),
    });
    writeFileSync(join(phone, "phone.log"), ran.stdout);
    const said = deployTflite("times", phone);
    expect(said.status, said.stderr).toBe(0);
    expect(said.stdout).toMatch(/dense +median 2\.00\sms.*\npruned +median 1\.00\sms.*\n.*2\.00×/);
    const { dense, pruned, speedup } = JSON.parse(deployTflite("times", phone, "--json").stdout);
    expect([dense.medianMs, pruned.medianMs, speedup]).toEqual([2, 1, 2]);
    writeFileSync(join(phone, "phone.log"), ran.stdout.slice(0, ran.stdout.length / 2));
    expect(deployTflite("times", phone)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining("INVALID_LOG"),
    });
  });
});
