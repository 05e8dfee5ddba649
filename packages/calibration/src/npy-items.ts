// .npy arrays as calibration data: the first axis counts the items. One file for a model with one input, else a folder
// with one file for each input, named after it.

import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { type NpyArray, readNpy } from "@espalier/core";
import { EspalierError, quoteName } from "@espalier/ir";
import { tensorOf } from "./as-type.js";
import type { CalibrationItems, ReadFile } from "./calibration-item.js";
import { onlyInput, type WantedInput, type WantedInputs } from "./model-inputs.js";

/** @throws EspalierError `INVALID_OPTION`; reading errors */
export async function npyItems(
  readFile: ReadFile,
  path: string,
  wanted: WantedInputs,
): Promise<CalibrationItems> {
  const isFolder = statSync(path).isDirectory();
  const files = isFolder
    ? wanted.inputs.map((input) => ({ input, file: fileOf(path, input) }))
    : [{ input: onlyInput(wanted, ".npy files"), file: path }];
  const arrays: { readonly input: WantedInput; readonly array: NpyArray }[] = [];
  for (const { input, file } of files) {
    const array = readNpy(await readFile(file), basename(file));
    const width = elements(array.dims.slice(1));
    const size = array.bytes.byteLength / Math.max(1, elements(array.dims));
    if (!Number.isInteger(size) || array.dims.length === 0 || width === 0)
      throw unusable(basename(file), "items along the first axis", array.dims.join(" × ") || "a scalar");
    arrays.push({ input, array });
  }
  const count = arrays[0]?.array.dims[0] ?? 0;
  if (arrays.some(({ array }) => array.dims[0] !== count))
    throw unusable(basename(path), `${count} items in every file`, "different numbers");
  return {
    spec: `${basename(path)}, ${count} items`,
    count,
    labels: null,
    read: async (index) =>
      Object.fromEntries(arrays.map(({ input, array }) => [input.name, itemOf(array, index, input)])),
  };
}

function itemOf(
  { dataType, dims, bytes }: NpyArray,
  index: number,
  input: WantedInput,
): ReturnType<typeof tensorOf> {
  const size = bytes.byteLength / (dims[0] as number);
  const part = bytes.subarray(index * size, (index + 1) * size);
  return tensorOf({ dataType, dims: [1, ...dims.slice(1)], bytes: part }, input.dataType, input.name);
}

function fileOf(folder: string, { name }: WantedInput): string {
  const file = readdirSync(folder).find((one) => one === `${name}.npy`);
  if (file !== undefined) return join(folder, file);
  throw unusable(basename(folder), `a file named ${quoteName(`${name}.npy`)}, or images`, "no such file");
}

function elements(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

function unusable(where: string, expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_OPTION", "This is no calibration data for this model", {
    where,
    expected,
    found,
  });
}
