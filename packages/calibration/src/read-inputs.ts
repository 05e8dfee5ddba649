// Real inputs that weights are recovered on, widths chosen by, drops judged on and ranges observed on. The same files,
// number and seed give the same inputs in the same order; a smaller number gives the first of them.

import { statSync } from "node:fs";
import { extname } from "node:path";
import {
  type Calibration,
  type Feeds,
  type ProgressListener,
  type RuntimeTensor,
  type Subject,
  seededRandom,
} from "@espalier/core";
import { EspalierError, quoteName } from "@espalier/ir";
import type { CalibrationItems, Item, ReadFile } from "./calibration-item.js";
import { cifarItems } from "./cifar-items.js";
import { type GivenCard, imageItems, imagesIn } from "./image-items.js";
import { readLabels } from "./labels.js";
import { type WantedInputs, wantedInputs } from "./model-inputs.js";
import { npyItems } from "./npy-items.js";

const DEFAULT_COUNT = 512;

export interface InputsRequest {
  /** Absolute: folders of images, .npy files or folders of them, CIFAR-10's .bin. */
  readonly paths: readonly string[];
  /**
   * How many items are drawn.
   *
   * @default 512
   */
  readonly count?: number | undefined;
  /** Absolute; a file with the class of each image. */
  readonly labels?: string | undefined;
  readonly seed: number;
  readonly readFile: ReadFile;
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}

/**
 * Calibration inputs for a model.
 *
 * @param card what images mean to it
 * @throws EspalierError `INVALID_OPTION`, `NOT_FOUND`, `UNAVAILABLE`; reading errors; `ABORTED`
 */
export async function readInputs(
  subject: Subject,
  card: GivenCard,
  request: InputsRequest,
): Promise<Calibration> {
  const { paths, count = DEFAULT_COUNT, labels: table, seed, readFile } = request;
  const wanted = wantedInputs(subject);
  const classes = table === undefined ? null : await readLabels(readFile, table);
  const kinds: CalibrationItems[] = [];
  for (const path of paths) kinds.push(await itemsAt(readFile, path, wanted, card, classes));
  const chosen = draw(kinds, count, seed);
  const { inputs, sets } = await batched(request, chosen, wanted);
  const labels = sets.map((set) => set.map(({ items, index }) => items.labels?.[index] ?? -1));
  const known = labels.flat().every((label) => label >= 0);
  return {
    inputs,
    labels: known ? labels : null,
    spec: `${sets.flat().length} of ${kinds.map(({ spec }) => spec).join("; ")}`,
  };
}

async function itemsAt(
  readFile: ReadFile,
  path: string,
  wanted: WantedInputs,
  card: GivenCard,
  table: ReadonlyMap<string, number> | null,
): Promise<CalibrationItems> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new EspalierError("NOT_FOUND", "There is no such calibration data", { where: quoteName(path) });
  if (stat.isDirectory()) {
    const images = imagesIn(path);
    return images.length > 0
      ? imageItems(readFile, path, images, wanted, card, table)
      : npyItems(readFile, path, wanted);
  }
  const kind = extname(path.replace(/\.gz$/, "")).toLowerCase();
  if (kind === ".npy") return npyItems(readFile, path, wanted);
  if (kind === ".bin") return cifarItems(readFile, path, wanted, card);
  throw new EspalierError("INVALID_OPTION", "This is no calibration data", {
    where: quoteName(path),
    expected:
      "a folder of images, a .npy file, a folder of .npy files named after the inputs, or CIFAR-10's .bin",
    found: kind || "no extension",
  });
}

interface Chosen {
  readonly items: CalibrationItems;
  readonly index: number;
}

/** The first `count` of all items in an order that the seed draws. */
function draw(kinds: readonly CalibrationItems[], count: number, seed: number): Chosen[] {
  const all = kinds.flatMap((items) => Array.from({ length: items.count }, (_, index) => ({ items, index })));
  const random = seededRandom(seed, "calibration");
  const first = Math.min(count, all.length);
  for (let i = 0; i < first; i++) {
    const j = random.integer(i, all.length - 1);
    [all[i], all[j]] = [all[j] as Chosen, all[i] as Chosen];
  }
  return all.slice(0, first);
}

/** Sets of as many items as one run takes; what is left over is left out. */
async function batched(
  { signal, onProgress }: InputsRequest,
  chosen: readonly Chosen[],
  wanted: WantedInputs,
): Promise<{ readonly inputs: readonly Feeds[]; readonly sets: readonly (readonly Chosen[])[] }> {
  const inputs: Feeds[] = [];
  const sets: Chosen[][] = [];
  const total = Math.floor(chosen.length / wanted.batch);
  if (total === 0)
    throw new EspalierError("INVALID_OPTION", "There are too few calibration inputs", {
      expected: `at least ${wanted.batch}`,
      found: String(chosen.length),
    });
  for (let set = 0; set < total; set++) {
    if (signal.aborted) throw new EspalierError("ABORTED", "The work was cancelled");
    const members = chosen.slice(set * wanted.batch, (set + 1) * wanted.batch);
    const read: Item[] = [];
    for (const { items, index } of members) read.push(await items.read(index));
    inputs.push(joined(read, wanted));
    sets.push(members);
    onProgress({ phase: "reading calibration inputs", done: set + 1, total, unit: "sets" });
  }
  return { inputs, sets };
}

function joined(items: readonly Item[], { inputs }: WantedInputs): Feeds {
  return Object.fromEntries(
    inputs.map(({ name, dims }) => {
      const parts = items.map((item) => item[name] as RuntimeTensor);
      for (const part of parts) checkDims(name, dims, part.dims);
      return [name, along(parts)];
    }),
  );
}

function checkDims(name: string, wanted: readonly (number | null)[], found: readonly number[]): void {
  const fits = wanted.every((dim, axis) => axis === 0 || dim === null || dim === found[axis]);
  if (fits && wanted.length === found.length) return;
  const text = (dims: readonly (number | null)[]): string =>
    dims
      .slice(1)
      .map((dim) => dim ?? "?")
      .join(" × ");
  throw new EspalierError("INVALID_OPTION", "Calibration inputs do not fit the model", {
    where: `input ${quoteName(name)}`,
    expected: text(wanted),
    found: text(found),
    unblock: "Say in the input card how images are resized and cut.",
  });
}

/** Tensors of one item each, one behind the other. */
function along(parts: readonly RuntimeTensor[]): RuntimeTensor {
  const [first] = parts;
  if (first === undefined || !ArrayBuffer.isView(first.data)) throw new Error("no numbers to join");
  const size = first.data.length;
  if (parts.some((part) => part.dims.join() !== first.dims.join()))
    throw new EspalierError("INVALID_OPTION", "Calibration inputs differ in shape", {
      expected: first.dims.join(" × "),
      found: parts.find((part) => part.dims.join() !== first.dims.join())?.dims.join(" × ") ?? "",
      unblock: "Say in the input card how images are resized and cut.",
    });
  const array = first.data.constructor as new (length: number) => Float32Array;
  const data = new array(size * parts.length);
  for (const [i, part] of parts.entries()) data.set(part.data as Float32Array, i * size);
  return { dataType: first.dataType, dims: [parts.length, ...first.dims.slice(1)], data };
}
