// --calibration: real inputs that weights are recovered on, widths chosen by and drops judged on. The same files,
// number and seed give the same inputs in the same order; a smaller number gives the first of them.

import { statSync } from "node:fs";
import { extname } from "node:path";
import { type Calibration, type Feeds, openSubject, type RuntimeTensor, seededRandom } from "@espalier/core";
import { readInputCard } from "@espalier/interchange";
import { EspalierError, quoteName } from "@espalier/ir";
import type { Engine } from "../engine.js";
import { impliedCard } from "../layout/input-card-file.js";
import type { CalibrationFlags, RecoveryFlags } from "../options/calibration.js";
import { userPath } from "../options/values.js";
import type { CommandSession } from "../session.js";
import type { Source } from "../source.js";
import type { CalibrationItems, Item } from "./calibration-item.js";
import { cifarItems } from "./cifar-items.js";
import { imageItems, imagesIn } from "./image-items.js";
import { readLabels } from "./labels.js";
import { type WantedInputs, wantedInputs } from "./model-inputs.js";
import { npyItems } from "./npy-items.js";

export const DEFAULT_COUNT = 512;

export interface CalibrationRequest {
  readonly dims: Readonly<Record<string, number>>;
  readonly seed: number;
  /** The input card that somebody wrote. */
  readonly card: Uint8Array | null;
}

/**
 * The calibration inputs that the flags ask for; null where they ask for none.
 *
 * @throws EspalierError `CALIBRATION_MISSING` when something is asked of inputs that are not given; `INVALID_OPTION`, `INVALID_CARD`, `UNAVAILABLE`; reading errors
 */
export async function readCalibration(
  run: CommandSession,
  source: Source,
  flags: CalibrationFlags & RecoveryFlags,
  { dims, seed, card: written }: CalibrationRequest,
): Promise<Calibration | null> {
  const { calibration: paths = [], calibrationCount = DEFAULT_COUNT } = flags;
  if (paths.length === 0) {
    requireNothing(flags);
    return null;
  }
  const engine = await run.engine();
  const subject = openSubject(source.bytes, { external: source.external, dims });
  const wanted = wantedInputs(subject);
  const card = written === null ? (impliedCard(source, subject.model)?.card ?? null) : readInputCard(written);
  const table = flags.labels === undefined ? null : await readLabels(engine, userPath(flags.labels));
  const kinds: CalibrationItems[] = [];
  for (const path of paths) kinds.push(await itemsAt(engine, userPath(path), wanted, card, table));
  const chosen = draw(kinds, calibrationCount, seed);
  const { inputs, sets } = await batched(run, chosen, wanted);
  const labels = sets.map((set) => set.map(({ items, index }) => items.labels?.[index] ?? -1));
  const known = labels.flat().every((label) => label >= 0);
  return {
    inputs,
    labels: known ? labels : null,
    spec: `${sets.flat().length} of ${kinds.map(({ spec }) => spec).join("; ")}`,
  };
}

/** What cannot be done without inputs is not silently left out. */
function requireNothing({ recover = [], labels, calibrationCount }: CalibrationFlags & RecoveryFlags): void {
  const asked = [
    ...(recover.length === 0 ? [] : ["--recover"]),
    ...(labels === undefined ? [] : ["--labels"]),
    ...(calibrationCount === undefined ? [] : ["--calibration-count"]),
  ];
  const [first] = asked;
  if (first === undefined) return;
  throw new EspalierError("CALIBRATION_MISSING", "Calibration inputs are needed", {
    where: first,
    expected: "a few hundred inputs",
    found: "none",
    unblock: "Give them with --calibration.",
  });
}

async function itemsAt(
  engine: Engine,
  path: string,
  wanted: WantedInputs,
  card: Parameters<typeof imageItems>[4],
  table: ReadonlyMap<string, number> | null,
): Promise<CalibrationItems> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new EspalierError("NOT_FOUND", "There is no such calibration data", { where: quoteName(path) });
  if (stat.isDirectory()) {
    const images = imagesIn(path);
    return images.length > 0
      ? imageItems(engine, path, images, wanted, card, table)
      : npyItems(engine, path, wanted);
  }
  const kind = extname(path.replace(/\.gz$/, "")).toLowerCase();
  if (kind === ".npy") return npyItems(engine, path, wanted);
  if (kind === ".bin") return cifarItems(engine, path, wanted, card);
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
  { progress, signal }: CommandSession,
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
    progress.listener({ phase: "reading calibration inputs", done: set + 1, total, unit: "sets" });
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
