// A site from its pages: HTML, style, icon, scripts, and headers for hosts.

import type { BundledFile } from "./bundle.js";
import { hostingFiles } from "./hosting.js";
import { ICON, ICON_FILE, STYLE_FILE } from "./shell.js";

export interface SiteParts {
  /** HTML by file name. */
  readonly pages: Readonly<Record<string, string>>;
  readonly style: string;
  /** Scripts and engines. */
  readonly files: readonly BundledFile[];
}

/** The site's files, those of the parts among them. */
export function siteFiles({ pages, style, files }: SiteParts): BundledFile[] {
  const text = ([path, content]: readonly [string, string]): BundledFile => ({
    path,
    bytes: new TextEncoder().encode(content),
  });
  const paths = [...Object.keys(pages), ...files.map(({ path }) => path)];
  return [
    ...Object.entries(pages).map(text),
    text([STYLE_FILE, style]),
    text([ICON_FILE, ICON]),
    ...Object.entries(hostingFiles(paths)).map(text),
    ...files,
  ];
}
