// CIFAR-10 records as calibration data, plain or gzipped. Images become tensors by the model's input card.

import { basename } from "node:path";
import { readCifarRecords } from "@espalier/data";
import { unpack } from "@espalier/data/node";
import { imageToTensor } from "@espalier/interchange";
import { NODE_LIMITS } from "@espalier/ir";
import { asFloats } from "./as-type.js";
import type { CalibrationItems, ReadFile } from "./calibration-item.js";
import { type GivenCard, imageInput } from "./image-items.js";
import { onlyInput, type WantedInputs } from "./model-inputs.js";

/** @throws EspalierError `INVALID_OPTION`, `TRUNCATED`, `INVALID_DATA`; reading errors */
export async function cifarItems(
  readFile: ReadFile,
  path: string,
  wanted: WantedInputs,
  card: GivenCard,
): Promise<CalibrationItems> {
  const input = onlyInput(wanted, "Images");
  const described = imageInput(card, input);
  const name = basename(path);
  const file = await readFile(path);
  const bytes = path.endsWith(".gz") ? await unpack(file, NODE_LIMITS.fileBytes, name) : file;
  const { side, labels, pixels } = readCifarRecords([bytes], name);
  const plane = side * side;
  return {
    spec: `${name}, ${labels.length} images`,
    count: labels.length,
    labels: Array.from(labels),
    read: async (index) => {
      const planes = pixels.subarray(index * 3 * plane, (index + 1) * 3 * plane);
      const data = new Uint8ClampedArray(plane * 4).fill(255);
      for (let at = 0; at < plane; at++)
        for (let c = 0; c < 3; c++) data[at * 4 + c] = planes[c * plane + at] as number;
      const tensor = imageToTensor({ width: side, height: side, data }, described);
      return { [input.name]: asFloats(tensor, input.dataType) };
    },
  };
}
