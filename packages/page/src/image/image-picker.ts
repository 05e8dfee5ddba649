// Picking an image: dropped, from the disk, or one of the samples.

import { fetchSmallFile } from "../demo/fetch-file.js";
import { listenForFiles } from "../dom/drop-zone.js";
import { element, fill } from "../dom/element.js";
import { drawImage } from "./draw-image.js";

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
    void drawImage(image, canvas);
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
