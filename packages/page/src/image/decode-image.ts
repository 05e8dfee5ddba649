// From a file or a frame to pixels, as the browser decodes it: turned upright, colours left as they are in the file.

import type { RgbaImage } from "@espalier/interchange";
import { EspalierError } from "@espalier/ir";

const MOST_BYTES = 64 * 1024 * 1024;
/** Beyond this a tab may run out of memory. */
const MOST_PIXELS = 64_000_000;

/** A file, or what a camera saw. */
export type ImageSource = Blob | ImageBitmap;

/** @throws EspalierError `UNSUPPORTED_FORMAT`, `LIMIT_EXCEEDED` */
export async function decodeImage(file: ImageSource): Promise<RgbaImage> {
  if (file instanceof Blob && file.size > MOST_BYTES) throw tooLarge("bytes", MOST_BYTES, file.size);
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none" }).catch((cause) => {
    throw new EspalierError(
      "UNSUPPORTED_FORMAT",
      "The browser cannot read this as an image",
      {
        found: file instanceof Blob && file.type !== "" ? file.type : "a file of no known type",
        unblock: "Take a PNG, JPEG or WebP.",
      },
      { cause },
    );
  });
  try {
    const { width, height } = bitmap;
    if (width * height > MOST_PIXELS) throw tooLarge("pixels", MOST_PIXELS, width * height);
    const context = new OffscreenCanvas(width, height).getContext("2d");
    if (context === null) throw new EspalierError("UNAVAILABLE", "This browser has no canvas in workers");
    context.drawImage(bitmap, 0, 0);
    return { width, height, data: context.getImageData(0, 0, width, height).data as Uint8ClampedArray };
  } finally {
    bitmap.close();
  }
}

function tooLarge(unit: string, most: number, found: number): EspalierError {
  return new EspalierError("LIMIT_EXCEEDED", "The image is too large for a tab", {
    limit: unit,
    expected: `at most ${most} ${unit}`,
    found: String(found),
  });
}
