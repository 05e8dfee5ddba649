// The site of deploy-tflite: the page, its script, and a worker beside the files of each interpreter.

import { fileURLToPath } from "node:url";
import { bundlePages, type Deployment, type SiteParts, STYLE } from "@espalier/page/node";
import type { FolderEngine } from "../folder/engines.js";
import { CAMERA_STYLE } from "./camera-style.js";
import { tflitePage } from "./shell.js";

const ROOT = new URL("../..", import.meta.url);
/** This package's built page script, also where this module runs from its source. */
const PAGE_SCRIPT = fileURLToPath(new URL("dist/page/main.js", ROOT));

export interface BuiltSite {
  /** Worker scripts by engine, relative to the page. */
  readonly scripts: Readonly<Record<string, string>>;
  /** What the site says follows from the deployment. */
  readonly site: (deployment: Deployment) => SiteParts;
}

/** Builds the scripts. */
export async function buildSite(engines: readonly FolderEngine[]): Promise<BuiltSite> {
  const workers = engines.map(({ name, folder }) => [
    `${folder}worker`,
    fileURLToPath(import.meta.resolve(`@espalier/runtime-tflite/${name}-worker`)),
  ]);
  const { scripts, files } = await bundlePages<string>(fileURLToPath(ROOT), {
    demo: PAGE_SCRIPT,
    ...Object.fromEntries(workers),
  });
  return {
    scripts: Object.fromEntries(
      engines.map(({ name, folder }) => [name, scripts[`${folder}worker`] as string]),
    ),
    site: (deployment) => ({
      pages: { "index.html": tflitePage(deployment, scripts.demo as string) },
      style: STYLE + CAMERA_STYLE,
      files: [...files, ...engines.flatMap((engine) => engine.files)],
    }),
  };
}
