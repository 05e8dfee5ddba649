// How a pruned network becomes what another runtime loads, for targets whose artefact is no ONNX file.

import type { Model } from "@espalier/ir";
import type { ValueRange } from "../quantize/affine.js";
import type { RefusalEntry } from "../receipt/receipt.js";
import type { Feeds, Runtime } from "../runtime.js";
import type { Deployment } from "./deployment.js";

/** One file format that networks are exported to. */
export interface ExportFormat {
  /** Name of the artefact: "model.tflite". */
  readonly path: string;
  /** Whether artefacts are ONNX as well: then the runtime that proves runs them, wherever they are deployed. */
  readonly isOnnx?: true;
  /**
   * Writes a network in this format. Pure: the same network and options give the same bytes.
   * @returns all refusals instead, where it cannot be written whole
   */
  export(model: Model, options: ExportOptions): Exported | ExportRefused;
  /**
   * What the values of the network are on calibration inputs, where a choice of the format needs to know; null where none
   * does. Absent where no choice ever does.
   *
   * @param runtime where the format runs
   */
  observe?(
    model: Model,
    options: ExportOptions,
    calibration: {
      readonly runtime: Runtime;
      readonly inputs: readonly Feeds[];
      readonly signal?: AbortSignal;
    },
  ): Promise<readonly ValueRange[] | null>;
  /** The choice that costs measured on the network's plain form say nothing of; null where they hold. */
  uncosted?(settings: ExportOptions["settings"]): string | null;
  /**
   * The choices for the dense network that a speed-up is measured against, where some are about the pruned one alone.
   * Absent where all are for both.
   */
  baseline?(settings: ExportOptions["settings"]): ExportOptions["settings"];
  /** Whether these choices need `observe`. */
  observes?(settings: ExportOptions["settings"]): boolean;
}

export interface ExportOptions {
  /** Sizes of symbolic dimensions. */
  readonly bindings: Readonly<Record<string, number>>;
  /** Choices of the format by name, as plans keep them: { precision: "float32" }. */
  readonly settings: Readonly<Record<string, string>>;
  /** What `observe` found. A choice that needs ranges is left out without them: floats stay floats. */
  readonly ranges?: readonly ValueRange[];
}

export interface Exported {
  readonly bytes: Uint8Array;
  /** Largest maxRel by which its outputs may differ from the network's; null where precision is given up on purpose. */
  readonly tolerance: number | null;
}

export interface ExportRefused {
  readonly refused: readonly RefusalEntry[];
}

export function isRefused(result: Exported | ExportRefused): result is ExportRefused {
  return "refused" in result;
}

/** Where an artefact is held against the network it was written from. */
export function checkedOn<T extends Deployment>(format: ExportFormat | undefined, world: T): T {
  return format?.isOnnx === true ? { ...world, deployment: world.runtime } : world;
}

/** The pruned network as ONNX, kept beside an artefact of another format: what it was written from. */
export const PRUNED_PATH = "pruned.onnx";
