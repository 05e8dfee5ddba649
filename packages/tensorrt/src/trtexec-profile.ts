// What `trtexec --exportProfile=FILE` and `--exportLayerInfo=FILE` write, read: times and kernels of an engine's layers.
// A layer is one or several ONNX nodes that TensorRT joined: "Conv_0 + Relu_1".

import { EspalierError, quoteName } from "@espalier/ir";
import { layerParts } from "./layer-names.js";

export interface LayerTime {
  readonly name: string;
  /** null in files before TensorRT 8.5, which have the mean alone: then it is that. */
  readonly medianMs: number;
  readonly averageMs: number;
  /** Share of the network's time, 0 to 1. */
  readonly share: number;
}

export interface LayerTimes {
  /** Runs that were timed. */
  readonly count: number;
  readonly layers: readonly LayerTime[];
  /** The layer that a node went into. */
  ofNode(node: string): LayerTime | null;
}

/** @throws EspalierError `INVALID_LOG` with the place */
export function readProfile(text: string): LayerTimes {
  const rows = parsed(text, "a profile");
  if (!Array.isArray(rows)) throw malformed("a profile", "#", "a list", typeof rows);
  let count = 0;
  const layers: LayerTime[] = [];
  for (const [i, row] of rows.entries()) {
    if (!isRecord(row)) throw malformed("a profile", `#/${i}`, "an object", String(row));
    if (typeof row.count === "number" && row.name === undefined) {
      count = row.count;
      continue;
    }
    const { name, averageMs, medianMs = averageMs, percentage } = row;
    if (typeof name !== "string") throw malformed("a profile", `#/${i}/name`, "a layer's name", String(name));
    for (const [key, value] of Object.entries({ averageMs, medianMs, percentage }))
      if (typeof value !== "number" || !(value >= 0))
        throw malformed("a profile", `#/${i}/${key}`, "a number ≥ 0", String(value));
    layers.push({
      name,
      medianMs: medianMs as number,
      averageMs: averageMs as number,
      share: (percentage as number) / 100,
    });
  }
  if (layers.length === 0) throw malformed("a profile", "#", "at least one layer", "none");
  const byNode = new Map(layers.flatMap((layer) => layerParts(layer.name).map((part) => [part, layer])));
  return { count, layers, ofNode: (node) => byNode.get(node) ?? null };
}

export interface EngineLayer {
  readonly name: string;
  /** Name of the kernel; null where the engine was built without --profilingVerbosity=detailed. */
  readonly tactic: string | null;
  /** Whether the kernel's name says that it is a sparse one; null where it is not known. */
  readonly sparse: boolean | null;
}

/** @throws EspalierError `INVALID_LOG` with the place */
export function readLayerInfo(text: string): readonly EngineLayer[] {
  const root = parsed(text, "layer information");
  const layers = isRecord(root) ? root.Layers : undefined;
  if (!Array.isArray(layers)) throw malformed("layer information", "#/Layers", "a list of layers", "none");
  return layers.map((layer: unknown, i): EngineLayer => {
    if (typeof layer === "string") return { name: layer, tactic: null, sparse: null };
    if (!isRecord(layer) || typeof layer.Name !== "string")
      throw malformed("layer information", `#/Layers/${i}`, "a name, or an object with one", String(layer));
    const tactic = typeof layer.TacticName === "string" ? layer.TacticName : null;
    return { name: layer.Name, tactic, sparse: tactic === null ? null : SPARSE_KERNEL.test(tactic) };
  });
}

/** Kernels for 2:4 are named so: "sm80_xmma_sparse_conv_…", "…_sptensor…". */
const SPARSE_KERNEL = /spars|sptensor/i;

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed(what, "#", "JSON", quoteName(text.slice(0, 40)), cause);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(
  what: string,
  where: string,
  expected: string,
  found: string,
  cause?: unknown,
): EspalierError {
  return new EspalierError(
    "INVALID_LOG",
    `This is not ${what} of trtexec`,
    { where, expected, found, unblock: "Give the file that trtexec wrote, whole." },
    { cause },
  );
}
