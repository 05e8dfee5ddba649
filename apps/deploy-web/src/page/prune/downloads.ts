// Links to files that only this tab has. Their addresses are given back before new ones are made.

import type { PrunedFile } from "./tasks.js";

export class Downloads {
  readonly #urls = new Set<string>();

  /** Under the names that the receipt lists, so that a folder of them can be verified. */
  nameOf({ path }: PrunedFile): string {
    return path.split("/").at(-1) ?? path;
  }

  attributes(file: PrunedFile): {
    readonly href: string;
    readonly download: string;
    readonly "data-role": string;
  } {
    const href = URL.createObjectURL(file.blob);
    this.#urls.add(href);
    return { href, download: this.nameOf(file), "data-role": file.role };
  }

  /** Frees the files of earlier links. */
  clear(): void {
    for (const url of this.#urls) URL.revokeObjectURL(url);
    this.#urls.clear();
  }
}
