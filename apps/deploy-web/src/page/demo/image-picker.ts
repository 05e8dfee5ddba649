// Picking an image: dropped, from the disk, or one of the samples. The picture is drawn on a canvas: a policy that
// allows no images from blobs is no hindrance.

import { listenForFiles } from "../dom/drop-zone.js";
import { element, fill } from "../dom/element.js";
import { fetchSmallFile } from "./fetch-file.js";

const SHOWN = 320;

export interface ImagePickerElements {
  readonly zone: HTMLElement;
  readonly input: HTMLInputElement;
  readonly samples: HTMLElement;
  readonly canvas: HTMLCanvasElement;
}

export function imagePicker(
  { zone, input, samples, canvas }: ImagePickerElements,
  paths: readonly string[],
  onImage: (image: Blob) => void,
  onFailure: (error: unknown) => void,
): void {
  const pick = (image: Blob): void => {
    void draw(image, canvas);
    onImage(image);
  };
  listenForFiles({ zone, input }, ([file]) => file !== undefined && pick(file));
  const buttons = paths.map((path, i) => {
    const button = element(
      "button",
      { type: "button", class: "sample", "aria-label": `sample ${i + 1}` },
      element("img", { src: path, alt: "", width: 56, height: 56 }),
    );
    const fetched = async (): Promise<Blob> => {
      const bytes = await fetchSmallFile(new URL(path, document.baseURI).href, "a sample image");
      return new Blob([bytes as Uint8Array<ArrayBuffer>]);
    };
    button.addEventListener("click", () => void fetched().then(pick, onFailure));
    return button;
  });
  fill(samples, ...buttons);
  samples.hidden = buttons.length === 0;
}

/** What cannot be drawn is refused by the worker, with a reason. */
async function draw(image: Blob, canvas: HTMLCanvasElement): Promise<void> {
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
