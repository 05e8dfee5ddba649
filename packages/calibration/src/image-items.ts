// A folder of images as calibration data, by the model's input card. Images in folders of their own have the folder's
// name as class: a number, or a name that the card knows.

import { readdirSync } from "node:fs";
import { basename, extname, join } from "node:path";
import type { CardInput, InputCard, RgbaImage } from "@espalier/interchange";
import { imageToTensor } from "@espalier/interchange";
import { EspalierError, quoteName } from "@espalier/ir";
import { asFloats } from "./as-type.js";
import type { CalibrationItems, ReadFile } from "./calibration-item.js";
import { onlyInput, type WantedInput, type WantedInputs } from "./model-inputs.js";

const IMAGES: readonly string[] = [".jpg", ".jpeg", ".png", ".webp"];

/** What images mean to the model. */
export interface GivenCard {
  readonly card: InputCard | null;
  /** Of the command line, where a card is given. */
  readonly option: string;
}

interface ImageFile {
  readonly path: string;
  /** Name of its folder; null where it lies in the folder itself. */
  readonly group: string | null;
}

/** Images in `folder` and in the folders in it, by name. */
export function imagesIn(folder: string): readonly ImageFile[] {
  const files: ImageFile[] = [];
  const take = (place: string, group: string | null): void => {
    for (const entry of readdirSync(place, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      if (entry.isFile() && IMAGES.includes(extname(entry.name).toLowerCase()))
        files.push({ path: join(place, entry.name), group });
      else if (entry.isDirectory() && group === null) take(join(place, entry.name), entry.name);
    }
  };
  take(folder, null);
  return files;
}

/** @throws EspalierError `INVALID_OPTION` without a card; `UNAVAILABLE` without a decoder; reading errors */
export async function imageItems(
  readFile: ReadFile,
  folder: string,
  files: readonly ImageFile[],
  wanted: WantedInputs,
  given: GivenCard,
  table: ReadonlyMap<string, number> | null,
): Promise<CalibrationItems> {
  const input = onlyInput(wanted, "Images");
  const described = imageInput(given, input);
  const decode = await imageDecoder();
  return {
    spec: `${basename(folder)}, ${files.length} images`,
    count: files.length,
    labels: table === null ? labelsByFolder(files, given.card) : labelsByTable(files, table),
    read: async (index) => {
      const { path } = files[index] as ImageFile;
      const image = await decode(await readFile(path), basename(path));
      return { [input.name]: asFloats(imageToTensor(image, described), input.dataType) };
    },
  };
}

/** What the card says of the model's input. @throws EspalierError `INVALID_OPTION` */
export function imageInput({ card, option }: GivenCard, input: WantedInput): CardInput {
  const described = card?.inputs.find(({ name }) => name === input.name);
  if (described?.layout !== undefined) return described;
  throw new EspalierError("INVALID_OPTION", "Images need an input card that says how they become tensors", {
    where: option,
    expected: `a card with input ${quoteName(input.name)} and its layout`,
    found: card === null ? "no card" : `inputs ${card.inputs.map(({ name }) => quoteName(name)).join(", ")}`,
    unblock: `Write model.io.json beside the model, or give one with ${option}.`,
  });
}

type Decoder = (bytes: Uint8Array, name: string) => Promise<RgbaImage>;

async function imageDecoder(): Promise<Decoder> {
  const { default: sharp } = await import("sharp").catch((cause) => {
    throw new EspalierError(
      "UNAVAILABLE",
      "The image decoder is not installed",
      { unblock: "Install it: npm i sharp" },
      { cause },
    );
  });
  return async (bytes, name) => {
    try {
      const { data, info } = await sharp(bytes, { limitInputPixels: MOST_PIXELS })
        .toColourspace("srgb")
        .ensureAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      const { width, height } = info;
      return { width, height, data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length) };
    } catch (cause) {
      throw new EspalierError(
        "INVALID_OPTION",
        "An image cannot be decoded",
        { where: name, found: (cause as Error).message.slice(0, 200) },
        { cause },
      );
    }
  };
}

const MOST_PIXELS = 64 * 1024 * 1024;

/** Classes by folder: whole numbers, or names of the card; null unless every image has one. */
function labelsByFolder(files: readonly ImageFile[], card: InputCard | null): number[] | null {
  const classes = files.map(({ group }) => {
    if (group === null) return -1;
    return /^\d{1,6}$/.test(group) ? Number(group) : (card?.labels?.indexOf(group) ?? -1);
  });
  return classes.every((label) => label >= 0) ? classes : null;
}

function labelsByTable(files: readonly ImageFile[], table: ReadonlyMap<string, number>): number[] {
  return files.map(({ path }) => {
    const label = table.get(basename(path));
    if (label !== undefined) return label;
    throw new EspalierError("INVALID_OPTION", "An image has no label", {
      where: "--labels",
      expected: "a line for every image",
      found: `none for ${quoteName(basename(path))}`,
    });
  });
}
