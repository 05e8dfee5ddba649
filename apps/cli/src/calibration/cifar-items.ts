// The binary version of CIFAR-10: records of one label and 3072 bytes, planes red, green, blue of 32 × 32; plain or
// gzipped. Images become tensors by the model's input card.

import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import { type InputCard, imageToTensor } from "@espalier/interchange";
import { EspalierError, NODE_LIMITS } from "@espalier/ir";
import type { Engine } from "../engine.js";
import { asFloats } from "./as-type.js";
import type { CalibrationItems } from "./calibration-item.js";
import { imageInput } from "./image-items.js";
import { onlyInput, type WantedInputs } from "./model-inputs.js";

const SIDE = 32;
const PLANE = SIDE * SIDE;
const RECORD = 1 + 3 * PLANE;

/** @throws EspalierError `INVALID_OPTION`; reading errors */
export async function cifarItems(
  engine: Engine,
  path: string,
  wanted: WantedInputs,
  card: InputCard | null,
): Promise<CalibrationItems> {
  const input = onlyInput(wanted, "Images");
  const described = imageInput(card, input);
  const file = await engine.readModelFile(path);
  const bytes = path.endsWith(".gz") ? unpacked(file, path) : file;
  const count = bytes.byteLength / RECORD;
  if (!Number.isInteger(count) || count === 0) throw unusable(path, `${bytes.byteLength} bytes`);
  return {
    spec: `${basename(path)}, ${count} images`,
    count,
    labels: Array.from({ length: count }, (_, index) => bytes[index * RECORD] as number),
    read: async (index) => {
      const planes = bytes.subarray(index * RECORD + 1, (index + 1) * RECORD);
      const data = new Uint8ClampedArray(PLANE * 4).fill(255);
      for (let at = 0; at < PLANE; at++)
        for (let c = 0; c < 3; c++) data[at * 4 + c] = planes[c * PLANE + at] as number;
      const tensor = imageToTensor({ width: SIDE, height: SIDE, data }, described);
      return { [input.name]: asFloats(tensor, input.dataType) };
    },
  };
}

function unpacked(file: Uint8Array, path: string): Uint8Array {
  try {
    return gunzipSync(file, { maxOutputLength: NODE_LIMITS.fileBytes });
  } catch {
    throw unusable(path, "a damaged or too large gzip file");
  }
}

function unusable(path: string, found: string): EspalierError {
  return new EspalierError("INVALID_OPTION", "This is no file of CIFAR-10 records", {
    where: basename(path),
    expected: `records of ${RECORD} bytes`,
    found,
  });
}
