// Whether a layer's sparse kernel can be picked, and would be: TensorRT times dense and sparse kernels and takes the
// faster, so what cannot win stays dense and keeps its weights.

import type { ReasonCode } from "@espalier/core";
import type { Device } from "./devices.js";
import type { LayerGeometry } from "./layer-geometry.js";
import { layerBound, type Precision } from "./roofline.js";
import type { LayerTimes } from "./trtexec-profile.js";

export interface SparseVerdict {
  readonly pays: boolean;
  /** Why not; null where it pays. */
  readonly code: ReasonCode | null;
  /** The number behind it. */
  readonly detail: string;
  /** Dense over sparse time: of the bound, or measured; null where neither is known. */
  readonly speedup: number | null;
  readonly source: "roofline" | "measured" | null;
}

/** Sparse kernels win from about this many channels on, in and out; a kernel's positions count as inputs. */
const LARGE = 256;
/** Outputs and inputs that NVIDIA's ASP demands of a weight before it prunes it. */
const ALIGNED = { outputs: 8, inputs: 16 } as const;
/** A gain below is none: what two measurements of the same kernel differ by. */
const LEAST_GAIN = 1.05;

export interface VerdictOptions {
  readonly device: Device;
  readonly precision: Precision;
  /** Layer times of a dense and a sparse engine of this network, where they were measured. */
  readonly measured?: MeasuredTimes;
}

export interface MeasuredTimes {
  readonly dense: LayerTimes;
  readonly sparse: LayerTimes;
}

/**
 * 1. Measured times decide where both engines have the layer under one name.
 * 2. Alignment: outputs a multiple of 8, inputs of 16 (ASP, NVIDIA/apex).
 * 3. Size: inputs · positions and outputs of at least 256 (TensorRT's maintainers, NVIDIA/TensorRT issues 3849, 4065; a
 *    3 × 3 convolution of 64 to 64 channels was eligible and not picked, issue 1403).
 * 4. The roofline: where moving activations bounds the layer, fewer products and weights change nothing.
 */
export function sparseVerdict(geometry: LayerGeometry, options: VerdictOptions): SparseVerdict {
  const measured = measuredSpeedup(geometry, options.measured);
  const verdict = (code: ReasonCode | null, detail: string, speedup: number | null): SparseVerdict => ({
    pays: code === null,
    code,
    detail,
    speedup,
    source: measured !== null ? "measured" : speedup === null ? null : "roofline",
  });
  if (measured !== null)
    return verdict(
      measured >= LEAST_GAIN ? null : "SPARSE_NOT_FASTER",
      `${Number(measured.toFixed(2))} × faster, measured`,
      measured,
    );
  const { inputs, outputs, taps } = geometry;
  const bound = layerBound(geometry, options.device, options.precision);
  const speedup = bound?.speedup ?? null;
  const size = `${inputs}${taps === 1 ? "" : ` · ${taps}`} → ${outputs} channels`;
  if (inputs % ALIGNED.inputs !== 0 || outputs % ALIGNED.outputs !== 0)
    return verdict("SPARSE_UNALIGNED", size, speedup);
  if (inputs * taps < LARGE || outputs < LARGE) return verdict("SPARSE_TOO_SMALL", size, speedup);
  if (speedup !== null && speedup < LEAST_GAIN)
    return verdict(
      "SPARSE_NOT_FASTER",
      `at most ${Number(speedup.toFixed(2))} × by the roofline of ${options.device.title}, bound by ${bound?.boundBy}`,
      speedup,
    );
  return verdict(null, size, speedup);
}

function measuredSpeedup({ nodes }: LayerGeometry, measured: MeasuredTimes | undefined): number | null {
  if (measured === undefined) return null;
  const dense = nodes.flatMap((node) => measured.dense.ofNode(node) ?? []);
  const sparse = nodes.flatMap((node) => measured.sparse.ofNode(node) ?? []);
  if (nodes.length === 0 || dense.length !== nodes.length || sparse.length !== nodes.length) return null;
  const sum = (all: readonly { readonly medianMs: number }[]): number =>
    all.reduce((total, { medianMs }) => total + medianMs, 0);
  return sum(sparse) > 0 ? sum(dense) / sum(sparse) : null;
}
