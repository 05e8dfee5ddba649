// --inputs spec.json: what a model's inputs may hold, beside the random legal inputs that are always tried
// (packages/core/src/inputs/specified-inputs.ts has the format). The receipt records the specification with
// the digests of its files, so that `verify` can tell whether it was given the same.

import { dirname, resolve } from "node:path";
import {
  checkInputSpec,
  type Feeds,
  type InputSpec,
  openSubject,
  readJson,
  specifiedInputs,
} from "@espalier/core";
import type { Engine } from "../engine.js";
import type { Source } from "../source.js";

/** What receipts say where there was no specification. */
export const RANDOM_INPUTS = "random";

export interface SpecifiedInputs {
  readonly feeds: readonly Feeds[];
  /** For `inputs.spec` of the receipt. */
  readonly text: string;
}

/** Draws the inputs that the file at `specPath` asks for; files in it are named from its own folder. */
export async function readInputSpec(
  engine: Engine,
  source: Source,
  specPath: string,
  options: { readonly dims: Readonly<Record<string, number>>; readonly seed: number },
): Promise<SpecifiedInputs> {
  const spec = checkInputSpec(readJson(await engine.readModelFile(specPath), { code: "INVALID_OPTION" }));
  const files = new Map<string, Uint8Array>();
  for (const rule of Object.values(spec)) {
    if (!("file" in rule)) continue;
    files.set(rule.file, await engine.readModelFile(resolve(dirname(specPath), rule.file)));
  }
  const text = await recordText(engine, spec, files);
  return { feeds: draw(source, spec, files, options), text };
}

/** The inputs of a recorded specification; null when it names files, which are then needed again. */
export function recordedInputs(
  source: Source,
  text: string,
  options: { readonly dims: Readonly<Record<string, number>>; readonly seed: number },
): readonly Feeds[] | null {
  if (text === RANDOM_INPUTS) return [];
  const spec = checkInputSpec(readJson(new TextEncoder().encode(text), { code: "INVALID_RECEIPT" }));
  if (Object.values(spec).some((rule) => "file" in rule)) return null;
  return draw(source, spec, new Map(), options);
}

function draw(
  source: Source,
  spec: InputSpec,
  files: ReadonlyMap<string, Uint8Array>,
  { dims, seed }: { readonly dims: Readonly<Record<string, number>>; readonly seed: number },
): readonly Feeds[] {
  const subject = openSubject(source.bytes, { external: source.external, dims });
  return specifiedInputs(subject, spec, files, seed);
}

async function recordText(
  { host }: Engine,
  spec: InputSpec,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<string> {
  const rules: [string, unknown][] = [];
  for (const [name, rule] of Object.entries(spec).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const bytes = "file" in rule ? files.get(rule.file) : undefined;
    rules.push([name, bytes === undefined ? rule : { ...rule, sha256: await host.sha256(bytes) }]);
  }
  return JSON.stringify(Object.fromEntries(rules));
}
