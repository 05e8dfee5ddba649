// Bundles the scripts of pages with vite: from a program's own build to files that any server can serve.

import { EspalierError } from "@espalier/ir";
import type { Rollup } from "vite";

export interface BundledFile {
  /** Relative to the page, with "/". */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface BundledPages<Name extends string> {
  /** Addresses of the scripts, relative to the page. */
  readonly scripts: Readonly<Record<Name, string>>;
  readonly files: readonly BundledFile[];
}

/**
 * Nothing is written. Names of files hold their content's digest.
 *
 * @param root folder of the program
 * @param entries absolute paths of the scripts; a name with "/" says where the script has to lie, others lie in assets/
 */
export async function bundlePages<Name extends string>(
  root: string,
  entries: Readonly<Record<Name, string>>,
): Promise<BundledPages<Name>> {
  const { build } = await import("vite");
  const built = await build({
    root,
    base: "./",
    configFile: false,
    envFile: false,
    publicDir: false,
    logLevel: "error",
    worker: { format: "es" },
    build: {
      write: false,
      target: "es2022",
      modulePreload: false,
      reportCompressedSize: false,
      rollupOptions: {
        input: entries,
        output: {
          entryFileNames: ({ name }) => `${name.includes("/") ? "" : "assets/"}[name]-[hash].js`,
        },
      },
    },
  });
  const { output } = (Array.isArray(built) ? built[0] : built) as Rollup.RollupOutput;
  const files = output.map((file): BundledFile => {
    const content = file.type === "chunk" ? file.code : file.source;
    return {
      path: file.fileName,
      bytes: typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content),
    };
  });
  const names = Object.keys(entries) as Name[];
  const scripts = Object.fromEntries(names.map((name) => [name, entry(output, name)]));
  return { scripts: scripts as Record<Name, string>, files };
}

function entry(output: Rollup.RollupOutput["output"], name: string): string {
  const found = output.find((file) => file.type === "chunk" && file.isEntry && file.name === name);
  if (found === undefined)
    throw new EspalierError("UNAVAILABLE", "The pages cannot be built", { where: name });
  return found.fileName;
}
