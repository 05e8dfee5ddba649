// All weights that share blocks with the units of one factor, as one matrix: a column for each unit, a row for each
// place that reads them along its pattern axis. One order of the units has to suit all of these layers at once.

import { type Facts, readFloats, type Value } from "@espalier/ir";
import { arrangedPositions } from "../groups/arrangement.js";
import type { Factor, Layout } from "../groups/layout.js";
import { type Removal, unitOfPosition } from "../groups/positions.js";
import { axisLast } from "../n-m/pattern-axis.js";
import type { PatternLayer } from "../n-m/pattern-layers.js";
import type { WeightRows } from "./column-magnitudes.js";

const BLOCK = 4;

/** A layer with the layout of its pattern axis in the network before removal. */
export interface ReadingLayer extends PatternLayer {
  readonly layout: Layout;
  /** The weight after removal. */
  readonly value: Value;
}

/**
 * The rows of a factor's kept indices.
 *
 * Blocks within one unit (a flattened image of 4 × 4, whole heads) are left out: no order changes them.
 *
 * @param kept indices of the factor that stay, ascending
 * @returns the name of a layer whose blocks the units do not fill side by side, so that what an order keeps there cannot
 *   be told column by column
 */
export function factorRows(
  factor: Factor,
  kept: readonly number[],
  removal: Removal,
  layers: readonly ReadingLayer[],
  facts: Facts,
): WeightRows | { readonly unfit: string } {
  const columns = kept.length;
  const parts: Float32Array[] = [];
  for (const { name, layout, value, dims, axis } of layers) {
    const units = unitsAlong(layout, factor, removal);
    if (!units.some((unit) => unit >= 0) || withinUnits(units)) continue;
    const starts = runsOf(units, kept);
    const tensor = facts.constant(value);
    if (starts === null || tensor === null) return { unfit: name };
    parts.push(
      ...runRows(axisLast(readFloats(tensor), { dims, axis }), dims[axis] as number, starts, columns),
    );
  }
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return { values, rows: values.length / columns, columns };
}

/** For each position that is left of an axis the factor's index, −1 for none. */
function unitsAlong(layout: Layout, factor: Factor, removal: Removal): number[] {
  const units = unitOfPosition(layout, new Map([[factor, 0]]));
  const left = arrangedPositions(layout, { removal, orders: new Map() });
  return left === null ? [...units] : left.map((position) => units[position] as number);
}

/** Whether no block holds two units. */
function withinUnits(units: readonly number[]): boolean {
  return units.every((unit, i) => unit === units[i - (i % BLOCK)]);
}

/** Where all kept units lie side by side in whole blocks; null where some lie otherwise. */
function runsOf(units: readonly number[], kept: readonly number[]): number[] | null {
  const starts: number[] = [];
  for (let i = 0; i < units.length; ) {
    if (units[i] === -1) {
      i++;
      continue;
    }
    const start = i;
    if (start % BLOCK !== 0 || !kept.every((unit, j) => units[start + j] === unit)) return null;
    starts.push(start);
    i += kept.length;
  }
  return starts;
}

function* runRows(
  values: Float32Array,
  length: number,
  starts: readonly number[],
  columns: number,
): Generator<Float32Array> {
  for (const start of starts) {
    const rows = values.length / length;
    const part = new Float32Array(rows * columns);
    for (let row = 0; row < rows; row++)
      part.set(values.subarray(row * length + start, row * length + start + columns), row * columns);
    yield part;
  }
}
