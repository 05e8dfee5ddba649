// Writes tensors as one safetensors file: the same bytes for the same tensors, whatever their order.

import { concatChunks, EspalierError, quoteName, type Tensor } from "@espalier/ir";
import { SAFETENSORS_TYPES, safetensorsName } from "./safetensors-types.js";

/**
 * As the format's own writer has it: the widest element types first, then by name, so that data lies aligned; the
 * header padded with spaces to a multiple of eight bytes.
 *
 * @throws EspalierError `UNSUPPORTED` for an element type that the format has not, `INVALID_OPTION` for the name
 *   `__metadata__`
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  const rows = [...tensors].map(([name, tensor]) => ({ name, tensor, dtype: dtypeOf(name, tensor) }));
  rows.sort((a, b) => order(b.dtype) - order(a.dtype) || compareCodeUnits(a.name, b.name));
  let end = 0;
  const described = rows.map(({ name, tensor, dtype }) => {
    const begin = end;
    end += tensor.byteLength;
    return [name, { dtype, shape: tensor.dims, data_offsets: [begin, end] }] as const;
  });
  const notes = [...metadata].sort(([a], [b]) => compareCodeUnits(a, b));
  const parts =
    notes.length === 0 ? [] : [pair("__metadata__", `{${notes.map(([k, text]) => pair(k, quoted(text)))}}`)];
  // Not one JSON.stringify: an object would put names such as "1" first, and lose "__proto__".
  parts.push(...described.map(([name, info]) => pair(name, JSON.stringify(info))));
  const text = new TextEncoder().encode(`{${parts.join(",")}}`);
  const header = new Uint8Array(Math.ceil(text.byteLength / 8) * 8).fill(SPACE);
  header.set(text);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.byteLength), true);
  return concatChunks([length, header, ...rows.map(({ tensor }) => tensor.bytes())]);
}

const SPACE = 0x20;

function dtypeOf(name: string, tensor: Tensor): string {
  const dtype = safetensorsName(tensor.dataType);
  if (dtype === null) {
    throw new EspalierError("UNSUPPORTED", "safetensors has no such element type", {
      value: name,
      expected: SAFETENSORS_TYPES.join(", "),
    });
  }
  if (name === "__metadata__") {
    throw new EspalierError("INVALID_OPTION", "No tensor can have this name", { found: quoteName(name) });
  }
  return dtype;
}

/** The list of types ascends in width. */
function order(dtype: string): number {
  return SAFETENSORS_TYPES.indexOf(dtype);
}

function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function pair(key: string, json: string): string {
  return `${quoted(key)}:${json}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
