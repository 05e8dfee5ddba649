// --inputs spec.json: what a model's inputs may hold, beside the random legal inputs that are always tried.
//
//   { "image": { "range": [0, 1] }, "tokens": { "values": [1, 5, 7] }, "audio": { "file": "speech.f32" } }
//
// `range` draws uniformly, `values` and `file` (raw little-endian elements) give one tensor whole.

import { dirname, resolve } from "node:path";
import {
  type Feeds,
  type Json,
  openSubject,
  type RuntimeTensor,
  randomInputs,
  readJson,
  seededRandom,
} from "@espalier/core";
import { EspalierError, rawTensor, readFloats } from "@espalier/ir";
import type { Engine } from "../engine.js";
import type { Source } from "../source.js";

/** Input sets that follow the specification: one, or four where something is drawn. */
export async function readInputSpec(
  engine: Engine,
  source: Source,
  specPath: string,
  dims: Readonly<Record<string, number>>,
): Promise<Feeds[]> {
  const spec = readJson(await engine.readModelFile(specPath), { code: "INVALID_OPTION" });
  const { model, boundFacts, handlers } = openSubject(source.bytes, { external: source.external, dims });
  const drawn = randomInputs(model, boundFacts, handlers, { seed: 2, count: 4 });
  const entries = Object.entries(objectOf(spec, "the specification"));
  for (const [name] of entries)
    if (drawn[0]?.[name] === undefined)
      throw invalid(name, `one of ${Object.keys(drawn[0] ?? {}).join(", ")}`, name);
  const sets: Feeds[] = [];
  for (const [i, feeds] of drawn.entries()) {
    const next: Record<string, RuntimeTensor> = { ...feeds };
    for (const [name, wanted] of entries)
      next[name] = await tensorFor(
        engine,
        specPath,
        name,
        objectOf(wanted, name),
        feeds[name] as RuntimeTensor,
        i,
      );
    sets.push(next);
  }
  const allFixed =
    entries.length === Object.keys(drawn[0] ?? {}).length &&
    entries.every(([, wanted]) => !("range" in objectOf(wanted, "")));
  return allFixed ? sets.slice(0, 1) : sets;
}

async function tensorFor(
  engine: Engine,
  specPath: string,
  name: string,
  wanted: Record<string, Json>,
  like: RuntimeTensor,
  set: number,
): Promise<RuntimeTensor> {
  const size = like.dims.reduce((product, dim) => product * dim, 1);
  const { range, values, file } = wanted;
  if (
    Array.isArray(range) &&
    range.length === 2 &&
    typeof range[0] === "number" &&
    typeof range[1] === "number"
  ) {
    const [low, high] = [range[0], range[1]];
    const random = seededRandom(2, `${set}:${name}`);
    const whole = !(like.data instanceof Float32Array || like.data instanceof Float64Array);
    return fill(like, size, () =>
      whole ? random.integer(low, high) : low + (high - low) * random.uniform(),
    );
  }
  if (Array.isArray(values)) {
    if (values.length !== size || !values.every((one) => typeof one === "number"))
      throw invalid(name, `${size} numbers`, `${values.length} values`);
    return fill(like, size, (i) => values[i] as number);
  }
  if (typeof file === "string") {
    const bytes = await engine.readModelFile(resolve(dirname(specPath), file));
    const floats = readFloats(rawTensor(like.dataType, like.dims, bytes, name));
    return fill(like, size, (i) => floats[i] as number);
  }
  throw invalid(
    name,
    '"range": [low, high], "values": [...] or "file": "path"',
    JSON.stringify(wanted).slice(0, 80),
  );
}

function fill(like: RuntimeTensor, size: number, at: (i: number) => number): RuntimeTensor {
  const { data } = like;
  if (data instanceof BigInt64Array)
    return { ...like, data: BigInt64Array.from({ length: size }, (_, i) => BigInt(Math.round(at(i)))) };
  if (data instanceof Float32Array)
    return { ...like, data: Float32Array.from({ length: size }, (_, i) => at(i)) };
  if (data instanceof Float64Array)
    return { ...like, data: Float64Array.from({ length: size }, (_, i) => at(i)) };
  if (data instanceof Int32Array)
    return { ...like, data: Int32Array.from({ length: size }, (_, i) => at(i)) };
  if (data instanceof Uint8Array)
    return { ...like, data: Uint8Array.from({ length: size }, (_, i) => at(i)) };
  throw invalid("element type", "float, double, int32, int64, uint8 or bool", String(like.dataType));
}

function objectOf(json: Json, where: string): Record<string, Json> {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw invalid(where, "an object", JSON.stringify(json).slice(0, 80));
  return json as Record<string, Json>;
}

function invalid(where: string, expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_OPTION", "The input specification is not usable", {
    where: `--inputs, ${where}`,
    expected,
    found,
  });
}
