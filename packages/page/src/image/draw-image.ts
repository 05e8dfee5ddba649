// The picture that was picked, on a canvas: a policy that allows no images from blobs is no hindrance.

import type { ImageSource } from "./decode-image.js";

const SHOWN = 320;

/** Shows an image; what cannot be drawn is refused by the worker, with a reason. */
export async function drawImage(image: ImageSource, canvas: HTMLCanvasElement): Promise<void> {
  const bitmap = await createImageBitmap(image).catch(() => null);
  canvas.hidden = bitmap === null;
  if (bitmap === null) return;
  const factor = SHOWN / Math.max(bitmap.width, bitmap.height);
  canvas.width = Math.max(1, Math.round(bitmap.width * factor));
  canvas.height = Math.max(1, Math.round(bitmap.height * factor));
  const context = canvas.getContext("2d");
  if (context !== null) context.imageSmoothingEnabled = factor < 1;
  context?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
}
