// Logs in the forms that TensorRT's guide and its users' threads show.

import { describe, expect, it } from "vitest";
import { layerList, layerParts } from "./layer-names.js";
import { readTrtexecLog } from "./trtexec-log.js";

const coded = (code: string, words = "") =>
  expect.objectContaining({ code, message: expect.stringContaining(words) });

const OLD = `&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=model.onnx --sparsity=enable --fp16 --verbose
[03/23/2021-00:14:01] [V] [TRT] *************** Autotuning format combination ***************
[03/23/2021-00:14:05] [I] [TRT] (Sparsity) Layers eligible for sparse math: conv1, conv2 + relu2, PWN(a, b), conv3
[03/23/2021-00:14:05] [I] [TRT] (Sparsity) TRT inference plan picked sparse implementation for layers: conv2 + relu2, conv3
[03/23/2021-00:14:09] [I] Throughput: 501.618 qps
[03/23/2021-00:14:09] [I] GPU Compute Time: min = 1.80762 ms, max = 3.17841 ms, mean = 1.98845 ms, median = 1.99121 ms, percentile(99%) = 2.28198 ms
&&&& PASSED TensorRT.trtexec [TensorRT v8601]
`;

const NEW = (names: boolean) => `[11/02/2025-10:00:00] [I] [TRT] Local timing cache in use.
[11/02/2025-10:00:01] [V] [TRT] (Sparsity) Found 1 layer(s) eligible to use sparse tactics${names ? ": /conv1/Conv" : ""}
[11/02/2025-10:00:01] [V] [TRT] (Sparsity) Chose 0 layer(s) using sparse tactics${names ? ": " : ""}
[11/02/2025-10:00:09] [I] [TRT] (Sparsity) Found 2 layer(s) eligible to use sparse tactics${names ? ": /conv1/Conv + /relu/Relu, /fc/Gemm" : ""}
[11/02/2025-10:00:09] [I] [TRT] (Sparsity) Chose 1 layer(s) using sparse tactics${names ? ": /fc/Gemm" : ""}
`;

describe("a log of trtexec", () => {
  it("of TensorRT 8 names the layers that are eligible and those that were picked", () => {
    const { eligible, picked, gpuMs, throughput } = readTrtexecLog(OLD);
    expect(eligible).toEqual({ count: 4, names: ["conv1", "conv2 + relu2", "PWN(a, b)", "conv3"] });
    expect(picked).toEqual({ count: 2, names: ["conv2 + relu2", "conv3"] });
    expect(gpuMs).toEqual({ mean: 1.98845, median: 1.99121 });
    expect(throughput).toBe(501.618);
  });

  it("of TensorRT 10 is read by its last pass, with names or without", () => {
    expect(readTrtexecLog(NEW(true))).toMatchObject({
      eligible: { count: 2, names: ["/conv1/Conv + /relu/Relu", "/fc/Gemm"] },
      picked: { count: 1, names: ["/fc/Gemm"] },
    });
    expect(readTrtexecLog(NEW(false))).toMatchObject({
      eligible: { count: 2, names: null },
      picked: { count: 1, names: null },
    });
  });

  it("written by Python's logger, with nothing picked", () => {
    const { eligible, picked } = readTrtexecLog(
      "[TensorRT] INFO: (Sparsity) Layers eligible for sparse math: Conv_0\n[TensorRT] INFO: (Sparsity) TRT inference plan picked sparse implementation for layers:\n",
    );
    expect(eligible).toEqual({ count: 1, names: ["Conv_0"] });
    expect(picked).toEqual({ count: 0, names: [] });
  });

  it("without sparsity says nothing on it", () => {
    expect(readTrtexecLog("[03/23/2021-00:14:05] [I] [TRT] Engine built in 31.2 sec.\r\n")).toEqual({
      eligible: null,
      picked: null,
      gpuMs: null,
      throughput: null,
    });
  });
});

describe("a log is refused", () => {
  it.each([["" /* nothing */], ["hello\nworld"], ['{"Layers": []}']])("that is none: %j", (text) => {
    expect(() => readTrtexecLog(text)).toThrow(coded("INVALID_LOG"));
  });

  it("that ends between the two lines, wherever it was cut", () => {
    const cut = OLD.slice(0, OLD.indexOf("[03/23/2021-00:14:05] [I] [TRT] (Sparsity) TRT"));
    expect(() => readTrtexecLog(cut)).toThrow(coded("INVALID_LOG", "before the engine was built"));
  });

  it("whose count is not that of its names", () => {
    const wrong = NEW(true).replaceAll("Found 2", "Found 3");
    expect(() => readTrtexecLog(wrong)).toThrow(coded("INVALID_LOG", "contradicts itself"));
  });

  it("of sizes that nobody gave, naming the --dim", () => {
    const log =
      "[08/04/2022-01:02:03] [W] Dynamic dimensions required for input: x, but no shapes were provided. Automatically overriding shape to: 1x3x1x1\n";
    expect(() => readTrtexecLog(log + OLD)).toThrow(coded("SIZE_UNKNOWN", "--dim x:AXIS=N"));
  });

  it("of an operator or a type that TensorRT has not, naming it", () => {
    const failed = (line: string) =>
      `[01/01/2025-00:00:00] [E] [TRT] ${line}\n&&&& FAILED TensorRT.trtexec [TensorRT v8601]\n`;
    const op = failed("ModelImporter.cpp:720: No importer registered for op: NonZero. Attempting to import");
    expect(() => readTrtexecLog(op)).toThrow(coded("UNSUPPORTED", "NonZero"));
    const type = failed("onnx2trt_utils.cpp:352: Unsupported ONNX data type: UINT16 (4)");
    expect(() => readTrtexecLog(type)).toThrow(coded("UNSUPPORTED", "UINT16"));
    expect(() => readTrtexecLog(failed("Error Code 2: Internal Error"))).toThrow(coded("RUN_FAILED"));
  });
});

describe("names of layers", () => {
  it("are split outside brackets alone", () => {
    expect(layerList("a, PWN(b, c), {ForeignNode[/x/MatMul.../y, z]}, d")).toEqual([
      "a",
      "PWN(b, c)",
      "{ForeignNode[/x/MatMul.../y, z]}",
      "d",
    ]);
    expect(layerList("")).toEqual([]);
  });

  it("are made of nodes", () => {
    expect(layerParts("Conv_0 + PWN(Clip_3)")).toEqual(["Conv_0", "Clip_3"]);
    expect(layerParts("PWN(PWN(/act/Sigmoid), /act/Mul)")).toEqual(["/act/Sigmoid", "/act/Mul"]);
    expect(layerParts("Reformatting CopyNode for Input Tensor 0 to Conv_8")).toEqual([]);
  });
});
