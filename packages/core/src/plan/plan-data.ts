// plan.bin: the orders and masks of a plan, which are too long for JSON. Every byte belongs to one step, so that no file
// says more than the plan does; digests are checked before anything is read from it.

import { EspalierError, quoteName } from "@espalier/ir";
import { jsonPointer } from "../json/strict-json.js";
import type { Host } from "../runtime.js";
import type { MaskStep, PermuteStep, PlanDataFile, PlanSegment, PlanStep, PruningPlan } from "./plan.js";

export interface PlanData {
  /** The file. */
  readonly bytes: Uint8Array;
  /** By group: at each place the unit that lies there. */
  readonly orders: ReadonlyMap<string, Uint32Array>;
  /** By weight: 1 where an element stays. */
  readonly masks: ReadonlyMap<string, Uint8Array>;
}

/** Where plan.bin lies beside plan.json. */
export const PLAN_DATA_PATH = "plan.bin";

/** A step before its data have a place. */
export type LooseStep =
  | { readonly step: Omit<PermuteStep, "data">; readonly order: Uint32Array }
  | { readonly step: Omit<MaskStep, "data">; readonly mask: Uint8Array };

export interface PackedSteps {
  /** In the order given. */
  readonly steps: readonly (PermuteStep | MaskStep)[];
  readonly file: PlanDataFile;
  readonly data: PlanData;
}

/** Lays the data of steps one after another. */
export async function packPlanData(
  loose: readonly LooseStep[],
  host: Pick<Host, "sha256">,
): Promise<PackedSteps> {
  const chunks: Uint8Array[] = [];
  const steps: (PermuteStep | MaskStep)[] = [];
  const orders = new Map<string, Uint32Array>();
  const masks = new Map<string, Uint8Array>();
  let offset = 0;
  for (const one of loose) {
    const chunk = "order" in one ? orderBytes(one.order) : maskBytes(one.mask);
    const data: PlanSegment = { offset, bytes: chunk.byteLength, sha256: await host.sha256(chunk) };
    const { reason, ...head } = one.step;
    steps.push({ ...head, data, reason } as PermuteStep | MaskStep);
    if ("order" in one) orders.set(one.step.group, one.order);
    else masks.set(one.step.tensor, one.mask);
    chunks.push(chunk);
    offset += chunk.byteLength;
  }
  const bytes = new Uint8Array(offset);
  for (const [i, chunk] of chunks.entries()) bytes.set(chunk, (steps[i] as PermuteStep).data.offset);
  const file = { path: PLAN_DATA_PATH, bytes: offset, sha256: await host.sha256(bytes) };
  return { steps, file, data: { bytes, orders, masks } };
}

/**
 * Reads the data of a plan's steps.
 *
 * @param bytes plan.bin; null when it is not at hand
 * @returns null for a plan without data
 * @throws EspalierError `INVALID_PLAN` where the file is missing, another one, or no step's order or mask
 */
export async function openPlanData(
  { steps, data: file }: PruningPlan,
  bytes: Uint8Array | null,
  host: Pick<Host, "sha256">,
): Promise<PlanData | null> {
  const orders = new Map<string, Uint32Array>();
  const masks = new Map<string, Uint8Array>();
  if (file === undefined) return null;
  if (bytes === null)
    throw invalid(["data"], file.path, "not at hand", "Keep plan.bin in the folder of plan.json.");
  if (bytes.byteLength !== file.bytes)
    throw invalid(["data", "bytes"], `${file.bytes} bytes`, `${bytes.byteLength}`);
  const found = await host.sha256(bytes);
  if (found !== file.sha256) throw invalid(["data", "sha256"], file.sha256, found);
  for (const [i, step] of steps.entries()) {
    if (step.kind !== "permute" && step.kind !== "mask") continue;
    const chunk = await segmentOf(step, i, bytes, host);
    if (step.kind === "permute") orders.set(step.group, readOrder(chunk, step, i));
    else masks.set(step.tensor, readMask(chunk, step, i));
  }
  return { bytes, orders, masks };
}

/** Bytes of a step's data, by its own account: `readPlan` checks that a plan gives each step as many. */
export function segmentBytes(step: PermuteStep | MaskStep): number {
  return step.kind === "permute" ? 4 * step.width : Math.ceil(sizeOf(step.dims) / 8);
}

export function isDataStep(step: PlanStep): step is PermuteStep | MaskStep {
  return step.kind === "permute" || step.kind === "mask";
}

async function segmentOf(
  { data }: PermuteStep | MaskStep,
  i: number,
  bytes: Uint8Array,
  host: Pick<Host, "sha256">,
): Promise<Uint8Array> {
  const chunk = bytes.subarray(data.offset, data.offset + data.bytes);
  const found = await host.sha256(chunk);
  if (found !== data.sha256) throw invalid(["steps", i, "data", "sha256"], data.sha256, found);
  return chunk;
}

function readOrder(chunk: Uint8Array, { width, group }: PermuteStep, i: number): Uint32Array {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const order = Uint32Array.from({ length: width }, (_, place) => view.getUint32(4 * place, true));
  const seen = new Uint8Array(width);
  for (const unit of order) {
    if (unit >= width || seen[unit] === 1)
      throw invalid(["steps", i, "data"], `every unit of ${quoteName(group)} below ${width} once`, `${unit}`);
    seen[unit] = 1;
  }
  return order;
}

function readMask(chunk: Uint8Array, { dims }: MaskStep, i: number): Uint8Array {
  const size = sizeOf(dims);
  const bit = (place: number): number => ((chunk[place >> 3] as number) >> (place & 7)) & 1;
  for (let place = size; place < chunk.length * 8; place++)
    if (bit(place) !== 0) throw invalid(["steps", i, "data"], "0 behind the last element", "1");
  return Uint8Array.from({ length: size }, (_, place) => bit(place));
}

function orderBytes(order: Uint32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * order.length));
  for (const [place, unit] of order.entries()) view.setUint32(4 * place, unit, true);
  return new Uint8Array(view.buffer);
}

function maskBytes(mask: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(mask.length / 8));
  for (const [place, keep] of mask.entries())
    if (keep !== 0) out[place >> 3] = (out[place >> 3] as number) | (1 << (place & 7));
  return out;
}

function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

function invalid(
  path: readonly (string | number)[],
  expected: string,
  found: string,
  unblock?: string,
): EspalierError {
  return new EspalierError("INVALID_PLAN", "The plan and its data file do not belong together", {
    where: jsonPointer(path),
    expected,
    found,
    ...(unblock === undefined ? {} : { unblock }),
  });
}
