// All files of the pages beside the networks: HTML, style, icon, scripts, the engine, and headers for hosts.

import type { Deployment } from "../page/demo/deployment.js";
import type { BundledFile, BundledPages } from "./bundle.js";
import { hostingFiles } from "./hosting.js";
import { demoPage, ICON, ICON_FILE, prunePage, STYLE_FILE } from "./shell.js";
import { STYLE } from "./style.js";

export function siteFiles(deployment: Deployment, { scripts, files }: BundledPages): BundledFile[] {
  const text = (path: string, content: string): BundledFile => ({
    path,
    bytes: new TextEncoder().encode(content),
  });
  return [
    text("index.html", demoPage(deployment, scripts)),
    text("prune.html", prunePage(scripts)),
    text(STYLE_FILE, STYLE),
    text(ICON_FILE, ICON),
    ...Object.entries(hostingFiles()).map(([path, content]) => text(path, content)),
    ...files,
  ];
}
