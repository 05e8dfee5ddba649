// `"transformers.js_config"` of a config.json: what transformers.js would open by default, and what has to stand
// there so that it opens the one file that a pruned folder holds. A page asks for `model_quantized.onnx` where
// nothing says otherwise, so a folder with `model.onnx` alone answers 404 there.

import type { Json } from "@espalier/core";
import { DEFAULT_DEVICES, DTYPE_SUFFIXES, defaultDtype } from "./dtypes.js";

type JsonObject = { readonly [key: string]: Json };

/** The key in config.json. */
export const LOADER_KEY = "transformers.js_config";

/** The settings of a config.json; empty where there are none. */
export function loaderSettings(config: JsonObject): JsonObject {
  return objectIn(config, LOADER_KEY) ?? {};
}

/** The file below `onnx/` that transformers.js opens for `base` on `device` when its caller gives no option. */
export function defaultFile(settings: JsonObject, base: string, device: string): string {
  const overlay = objectIn(objectIn(settings, "device_config") ?? {}, device) ?? {};
  const dtype = dtypeFor(overlay.dtype === undefined ? settings.dtype : overlay.dtype, base, device);
  return `${base}${DTYPE_SUFFIXES[dtype] ?? ""}.onnx`;
}

/** What is opened in a page and under Node when the caller gives no option, by device. */
export function defaultFiles(settings: JsonObject, base: string): ReadonlyMap<string, string> {
  const chosen = deviceFor(settings.device, base);
  const devices = chosen === null ? DEFAULT_DEVICES : [chosen];
  return new Map(devices.map((device) => [device, defaultFile(settings, base, device)]));
}

/**
 * Settings under which `base` with `dtype` is the file that is opened, whatever the device, and no external data is
 * asked for: Espalier writes models in one piece. null when the settings are like that already.
 */
export function settingsFor(settings: JsonObject, base: string, dtype: string): JsonObject | null {
  const wanted = `${base}${DTYPE_SUFFIXES[dtype] ?? ""}.onnx`;
  const changed: Record<string, Json> = Object.assign(Object.create(null), settings);
  const overlays = objectIn(settings, "device_config") ?? {};
  const devices = [...defaultFiles(settings, base).keys(), ...DEFAULT_DEVICES, ...Object.keys(overlays)];
  const generalIsWrong = devices.some(
    (device) =>
      objectIn(overlays, device)?.dtype === undefined && defaultFile(settings, base, device) !== wanted,
  );
  if (generalIsWrong) changed.dtype = dtype;
  const own = Object.entries(overlays).map(([device, overlay]): [string, Json] => {
    if (!isObject(overlay)) return [device, overlay];
    const fixed: Record<string, Json> = Object.assign(Object.create(null), overlay);
    if (overlay.dtype !== undefined && defaultFile(settings, base, device) !== wanted) fixed.dtype = dtype;
    if (overlay.use_external_data_format) fixed.use_external_data_format = false;
    return [device, fixed];
  });
  if (own.length > 0) changed.device_config = Object.assign(Object.create(null), Object.fromEntries(own));
  if (settings.use_external_data_format) changed.use_external_data_format = false;
  return JSON.stringify(changed) === JSON.stringify(settings) ? null : changed;
}

function dtypeFor(setting: Json | undefined, base: string, device: string): string {
  const named = isObject(setting) ? setting[base] : setting;
  return typeof named === "string" && Object.hasOwn(DTYPE_SUFFIXES, named) ? named : defaultDtype(device);
}

function deviceFor(setting: Json | undefined, base: string): string | null {
  const named = isObject(setting) ? setting[base] : setting;
  return typeof named === "string" && named !== "" ? named : null;
}

function objectIn(object: JsonObject, key: string): JsonObject | null {
  const value = object[key];
  return isObject(value) ? value : null;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
