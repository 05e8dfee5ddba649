// config.json, read strictly and written with nothing changed but the loader's settings. The fields that describe
// the network (widths, heads) are never touched: loaders size caches by them, and a pruned network keeps its inputs
// and outputs. That it does is checked here, not believed.

import { type Json, readJson } from "@espalier/core";
import { dataTypeName, EspalierError, type Model, quoteName, shapeText, type ValueType } from "@espalier/ir";
import { FOLDER_LIMITS } from "./folder.js";
import { LOADER_KEY, loaderSettings, settingsFor } from "./loader-settings.js";
import { setTopLevelKey } from "./set-key.js";

export type Config = { readonly [key: string]: Json };

/** @throws EspalierError `INVALID_CONFIG` with the JSON pointer of the problem */
export function readConfig(bytes: Uint8Array): Config {
  const json = readJson(bytes, { code: "INVALID_CONFIG", maxBytes: FOLDER_LIMITS.textBytes });
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Config;
  throw new EspalierError("INVALID_CONFIG", "This is not a config.json", {
    where: "#",
    expected: "an object",
    found: Array.isArray(json) ? "an array" : typeof json,
  });
}

/**
 * The bytes of a config.json with which transformers.js opens `base` with `dtype` when it is given no option; the
 * same bytes where it would anyway.
 */
export function configFor(bytes: Uint8Array, base: string, dtype: string): Uint8Array {
  const settings = settingsFor(loaderSettings(readConfig(bytes)), base, dtype);
  if (settings === null) return bytes;
  return new TextEncoder().encode(setTopLevelKey(new TextDecoder().decode(bytes), LOADER_KEY, settings));
}

/** Labels by class, from `id2label`; null where there are none or where the numbers leave gaps. */
export function labelsOf({ id2label }: Config): readonly string[] | null {
  if (typeof id2label !== "object" || id2label === null || Array.isArray(id2label)) return null;
  const named = id2label as { readonly [key: string]: Json };
  const labels = Object.keys(named).map((_, index) => named[String(index)]);
  return labels.length > 0 && labels.every((label) => typeof label === "string") ? labels : null;
}

/**
 * Requires the inputs and outputs of `pruned` to be those of `source`: names, order, types, dimensions and their
 * symbols. Otherwise config.json, which stays as it is, would describe another network.
 *
 * @throws EspalierError `INTERFACE_CHANGED`
 */
export function requireSameInterface(source: Model, pruned: Model): void {
  for (const side of ["inputs", "outputs"] as const) {
    const [before, after] = [interfaceOf(source, side), interfaceOf(pruned, side)];
    const at = before.findIndex((text, index) => text !== after[index]);
    if (at < 0 && before.length === after.length) continue;
    const index = at < 0 ? before.length : at;
    throw new EspalierError("INTERFACE_CHANGED", `The pruned network has other ${side}`, {
      expected: before[index] ?? "nothing more",
      found: after[index] ?? "nothing more",
      unblock: "Write a bare file: --layout flat.",
    });
  }
}

function interfaceOf({ graph }: Model, side: "inputs" | "outputs"): string[] {
  // Initialisers that are listed as inputs too are weights, not inputs.
  return graph[side]
    .filter((value) => side === "outputs" || !graph.initializers.has(value))
    .map(({ name, type }) => `${quoteName(name)} ${typeText(type)}`);
}

/** As the file declares it. */
function typeText(type: ValueType | null): string {
  if (type?.kind !== "tensor") return type?.kind ?? "?";
  return `${dataTypeName(type.dataType)} ${shapeText(type.shape)}`;
}
