// A place to drop files on, or to click, or to reach by keyboard: a label around a file input.

export interface DropZone {
  /** The label around the input. */
  readonly zone: HTMLElement;
  readonly input: HTMLInputElement;
}

/** Calls `onFiles` with whatever was dropped or picked; the same file can be picked again. */
export function listenForFiles({ zone, input }: DropZone, onFiles: (files: readonly File[]) => void): void {
  input.addEventListener("change", () => {
    const files = [...(input.files ?? [])];
    input.value = "";
    if (files.length > 0) onFiles(files);
  });
  const over = (on: boolean): void => void zone.classList.toggle("over", on);
  // Beside the zone too: else the browser leaves the page and opens the file.
  for (const type of ["dragover", "drop"] as const)
    addEventListener(type, (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault());
  zone.addEventListener("dragenter", () => over(true));
  zone.addEventListener("dragover", () => over(true));
  zone.addEventListener("dragleave", ({ relatedTarget }) =>
    over(zone.contains(relatedTarget as Node | null)),
  );
  zone.addEventListener("drop", ({ dataTransfer }) => {
    over(false);
    const files = [...(dataTransfer?.files ?? [])];
    if (files.length > 0 && !input.disabled) onFiles(files);
  });
}
