import type { Json } from "@espalier/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DTYPE_SUFFIXES, parseModelFileName } from "./dtypes.js";
import { defaultFile, defaultFiles, settingsFor } from "./loader-settings.js";

const opened = (settings: { readonly [key: string]: Json }) =>
  Object.fromEntries(defaultFiles(settings, "model"));

describe("parseModelFileName", () => {
  it("takes the longest suffix, and undoes how names are made", () => {
    expect(parseModelFileName("model.onnx")).toEqual({ base: "model", dtype: "fp32" });
    expect(parseModelFileName("model_q4f16.onnx")).toEqual({ base: "model", dtype: "q4f16" });
    expect(parseModelFileName("decoder_model_merged_quantized.onnx")).toEqual({
      base: "decoder_model_merged",
      dtype: "q8",
    });
    expect(parseModelFileName("_fp16.onnx")).toEqual({ base: "_fp16", dtype: "fp32" });
    for (const name of ["model.onnx_data", ".onnx", "model.ort"]) expect(parseModelFileName(name)).toBeNull();
    for (const [dtype, suffix] of Object.entries(DTYPE_SUFFIXES))
      expect(parseModelFileName(`model${suffix}.onnx`)).toEqual({ base: "model", dtype });
  });
});

describe("what transformers.js opens by default", () => {
  it("is the quantised file in a page and the plain one under Node", () => {
    expect(opened({})).toEqual({ wasm: "model_quantized.onnx", cpu: "model.onnx" });
  });

  it("follows dtype, dtype by file, device and the device's own settings", () => {
    expect(opened({ dtype: "fp16" })).toEqual({ wasm: "model_fp16.onnx", cpu: "model_fp16.onnx" });
    expect(opened({ dtype: { model: "q4", other: "fp32" } })).toEqual({
      wasm: "model_q4.onnx",
      cpu: "model_q4.onnx",
    });
    expect(opened({ dtype: { other: "q4" } })).toEqual({ wasm: "model_quantized.onnx", cpu: "model.onnx" });
    expect(opened({ device: "webgpu" })).toEqual({ webgpu: "model.onnx" });
    expect(opened({ dtype: "fp32", device_config: { wasm: { dtype: "int8" } } })).toEqual({
      wasm: "model_int8.onnx",
      cpu: "model.onnx",
    });
    // Neither is a dtype, nor may an inherited name be one.
    for (const dtype of ["auto", "toString", 5])
      expect(opened({ dtype })).toEqual({ wasm: "model_quantized.onnx", cpu: "model.onnx" });
  });
});

describe("settingsFor", () => {
  it("names the dtype of the one file, and nothing where that is opened anyway", () => {
    expect(settingsFor({}, "model", "fp32")).toEqual({ dtype: "fp32" });
    expect(settingsFor({ dtype: "fp32" }, "model", "fp32")).toBeNull();
    expect(settingsFor({ dtype: "q8", kv: 1 }, "model", "fp32")).toEqual({ dtype: "fp32", kv: 1 });
    expect(settingsFor({ device_config: { webgpu: { dtype: "q4f16", free: 1 } } }, "model", "fp16")).toEqual({
      dtype: "fp16",
      device_config: { webgpu: { dtype: "fp16", free: 1 } },
    });
  });

  it("no longer announces external data", () => {
    expect(settingsFor({ dtype: "fp32", use_external_data_format: 2 }, "model", "fp32")).toEqual({
      dtype: "fp32",
      use_external_data_format: false,
    });
  });

  it("leads every device to the file, whatever stood there", () => {
    const dtypes = fc.constantFrom(...Object.keys(DTYPE_SUFFIXES), "auto", "nonsense");
    const devices = ["wasm", "cpu", "webgpu"];
    const dtype = fc.oneof(dtypes, fc.dictionary(fc.constantFrom("model", "encoder_model"), dtypes));
    const settings = fc.record(
      {
        dtype,
        device: fc.constantFrom(...devices),
        device_config: fc.dictionary(fc.constantFrom(...devices), fc.record({ dtype }, { requiredKeys: [] })),
        use_external_data_format: fc.oneof(fc.boolean(), fc.nat(3)),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(settings, fc.constantFrom(...Object.keys(DTYPE_SUFFIXES)), (given, wanted) => {
        const after = settingsFor(given as { readonly [key: string]: Json }, "model", wanted) ?? given;
        const file = `model${DTYPE_SUFFIXES[wanted]}.onnx`;
        for (const device of [...devices.slice(0, 2), ...(given.device === undefined ? [] : [given.device])])
          expect(defaultFile(after as { readonly [key: string]: Json }, "model", device)).toBe(file);
        for (const device of Object.keys(given.device_config ?? {}))
          expect(defaultFile(after as { readonly [key: string]: Json }, "model", device)).toBe(file);
        expect(settingsFor(after as { readonly [key: string]: Json }, "model", wanted)).toBeNull();
      }),
      { numRuns: 500 },
    );
  });
});
