// plan.json → PruningPlan. Refuses what is no plan, what is newer, and what contradicts itself; whether a
// plan fits a model is for `checkSteps` to say. Unknown keys stay, unknown kinds of steps are an error.

import { EspalierError, quoteName } from "@espalier/ir";
import * as v from "valibot";
import { checkShape, count, mapOf, plainPath, sha256Text } from "../json/check-shape.js";
import { type Json, jsonPointer, readJson } from "../json/strict-json.js";
import type { PlanStep, PruningPlan } from "./plan.js";
import { requireSoundData } from "./sound-data.js";

const slice = v.looseObject({
  kind: v.literal("slice"),
  group: v.pipe(v.string(), v.minLength(1)),
  width: v.pipe(count, v.minValue(2)),
  keep: v.pipe(v.array(count), v.minLength(1)),
  reason: v.string(),
});

const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const error = v.pipe(v.number(), v.finite(), v.minValue(0));

const updateWeights = v.looseObject({
  kind: v.literal("update-weights"),
  methods: v.pipe(v.array(v.picklist(["reconstruct", "bias", "batch-norm"])), v.minLength(1)),
  options: v.looseObject({
    ridge: error,
    scope: v.picklist(["downstream", "consumers"]),
    shortcuts: v.boolean(),
    maxRows: v.pipe(count, v.minValue(1)),
    seed: v.pipe(v.number(), v.safeInteger()),
  }),
  dataSha256: sha256Text,
  count: v.pipe(count, v.minValue(1)),
  before: error,
  after: error,
  resultSha256: sha256Text,
  tolerance: positive,
  reason: v.string(),
});

const whole = v.pipe(count, v.minValue(1));
const segment = v.looseObject({ offset: count, bytes: whole, sha256: sha256Text });

const permute = v.looseObject({
  kind: v.literal("permute"),
  group: v.pipe(v.string(), v.minLength(1)),
  width: v.pipe(count, v.minValue(2)),
  data: segment,
  kept: v.looseObject({ before: error, after: error }),
  reason: v.string(),
});

const mask = v.looseObject({
  kind: v.literal("mask"),
  tensor: v.pipe(v.string(), v.minLength(1)),
  dims: v.pipe(v.array(whole), v.minLength(1)),
  pattern: v.optional(v.looseObject({ nonzero: whole, block: whole, axis: count })),
  data: segment,
  reason: v.string(),
});

const scores = v.looseObject({
  loss: error,
  accuracy: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
});

const finetune = v.looseObject({
  kind: v.literal("finetune"),
  method: v.picklist(["distillation", "labels"]),
  options: v.looseObject({
    epochs: whole,
    batch: whole,
    learningRate: positive,
    optimiser: v.picklist(["sgd", "adam", "adam-w"]),
    schedule: v.picklist(["constant", "step", "cosine"]),
    augment: v.picklist(["none", "crop", "crop-flip"]),
    statistics: v.picklist(["batch", "stored"]),
    seed: v.pipe(v.number(), v.safeInteger()),
    threads: whole,
  }),
  data: v.looseObject({
    name: v.pipe(v.string(), v.minLength(1)),
    sha256: sha256Text,
    count: whole,
    testSha256: sha256Text,
    testCount: whole,
  }),
  before: scores,
  after: scores,
  resultSha256: sha256Text,
  tolerance: positive,
  reason: v.string(),
});

const finite = v.pipe(v.number(), v.finite());
const quantize = v.looseObject({
  kind: v.literal("quantize"),
  method: v.literal("int8"),
  dataSha256: sha256Text,
  count: whole,
  ranges: v.array(
    v.pipe(
      v.strictTuple([finite, finite]),
      v.check(([min, max]) => min <= max, "the lesser number first"),
    ),
  ),
  reason: v.string(),
});

const step = v.variant("kind", [permute, slice, updateWeights, mask, finetune, quantize]);

const plan = v.looseObject({
  schema: v.literal(1),
  tool: v.literal("espalier"),
  version: v.string(),
  source: v.looseObject({ sha256: sha256Text, path: v.string() }),
  bindings: mapOf(isSize, "an object of whole numbers ≥ 1"),
  seed: v.pipe(v.number(), v.safeInteger()),
  target: v.string(),
  budget: v.variant("kind", [
    v.looseObject({
      kind: v.literal("ratio"),
      value: v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
    }),
    v.looseObject({
      kind: v.picklist(["latency", "macs", "params", "size"]),
      value: v.pipe(v.number(), v.finite(), v.gtValue(0)),
      unit: v.picklist(["fraction", "ms", "MACs", "parameters", "bytes"]),
    }),
  ]),
  options: v.looseObject({
    granularity: v.string(),
    criterion: v.string(),
    allocation: v.string(),
    schedule: v.string(),
    step: v.pipe(count, v.minValue(1)),
    stepMeasured: v.optional(v.looseObject({ runtime: v.string(), threads: v.pipe(count, v.minValue(1)) })),
    minWidth: v.pipe(count, v.minValue(1)),
    maxRatio: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1))),
    include: v.array(v.string()),
    exclude: v.array(v.string()),
    keepOverridable: v.boolean(),
    export: v.optional(mapOf(isText, "an object of texts")),
  }),
  costTable: v.nullable(v.looseObject({ sha256: sha256Text, origin: v.string() })),
  predicted: v.nullish(
    v.looseObject({
      unit: v.picklist(["ms", "MACs", "parameters", "bytes"]),
      before: v.pipe(v.number(), v.finite(), v.minValue(0)),
      after: v.pipe(v.number(), v.finite(), v.minValue(0)),
    }),
  ),
  data: v.optional(v.looseObject({ path: plainPath, bytes: whole, sha256: sha256Text })),
  steps: v.array(step),
});

/** What the reader checks, for tests of docs/file-formats.md. */
export const PLAN_SHAPE: v.GenericSchema = plan;

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isSize(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}

/**
 * The plan in the bytes of a `plan.json`.
 *
 * @throws EspalierError `INVALID_PLAN` with a JSON pointer in `where`
 */
export function readPlan(bytes: Uint8Array): PruningPlan {
  const json = readJson(bytes, { code: "INVALID_PLAN" });
  requireSchema(json);
  requireKnownKinds(json);
  const checked = checkShape(json, plan, "INVALID_PLAN", "This is not a plan") as PruningPlan;
  requireSoundSteps(checked);
  requireSoundData(checked, contradiction);
  return checked;
}

function requireSchema(json: Json): void {
  const schema = member(json, "schema");
  if (typeof schema !== "number" || schema === 1) return;
  throw new EspalierError(
    "INVALID_PLAN",
    schema > 1 ? "The plan is of a newer schema" : "The plan is of no known schema",
    {
      where: jsonPointer(["schema"]),
      expected: "1",
      found: String(schema),
      unblock: "Use the version of Espalier that wrote it, or a newer one.",
    },
  );
}

function requireKnownKinds(json: Json): void {
  const steps = member(json, "steps");
  if (!Array.isArray(steps)) return;
  steps.forEach((one: Json, i) => {
    const kind = member(one, "kind");
    if (typeof kind !== "string" || KINDS.includes(kind)) return;
    throw new EspalierError("INVALID_PLAN", "The plan has a kind of step that this version does not know", {
      where: jsonPointer(["steps", i, "kind"]),
      expected: KINDS.join(" or "),
      found: quoteName(kind),
      unblock: "Use the version of Espalier that wrote it, or a newer one.",
    });
  });
}

const KINDS: readonly string[] = [
  "permute",
  "slice",
  "update-weights",
  "mask",
  "finetune",
  "quantize",
] satisfies PlanStep["kind"][];

function requireSoundSteps({ steps }: PruningPlan): void {
  const seen = new Set<string>();
  let updated = false;
  let masked = false;
  let trained = false;
  let quantised = false;
  steps.forEach((one, i) => {
    // What is trained, and then quantised, is what all other steps together give.
    if (quantised) throw contradiction(["steps", i, "kind"], "one quantisation, as the last step", one.kind);
    if (one.kind === "quantize") {
      quantised = true;
      return;
    }
    if (trained) throw contradiction(["steps", i, "kind"], "one training, behind all other steps", one.kind);
    if (one.kind === "finetune") trained = true;
    if (one.kind === "permute" && (updated || seen.size > 0))
      throw contradiction(["steps", i, "kind"], "permutations before removals", one.kind);
    if (one.kind === "permute") return;
    if (one.kind === "update-weights" && masked)
      throw contradiction(["steps", i, "kind"], "weight updates before masks", one.kind);
    if (one.kind === "mask") masked = true;
    if (one.kind !== "slice") {
      updated = true;
      return;
    }
    const { group, width, keep } = one;
    // Units are numbered, and inputs replayed, on the model that all removals together give.
    if (updated) throw contradiction(["steps", i, "kind"], "removals before weight updates", "slice");
    if (seen.has(group)) throw contradiction(["steps", i, "group"], "one step per group", quoteName(group));
    seen.add(group);
    keep.forEach((unit, j) => {
      const previous = keep[j - 1] ?? -1;
      if (unit > previous && unit < width) return;
      throw contradiction(
        ["steps", i, "keep", j],
        `ascending units below ${width}`,
        `${unit} after ${previous}`,
      );
    });
    if (keep.length === width)
      throw contradiction(["steps", i, "keep"], `fewer than ${width} units`, "all of them");
  });
}

function contradiction(path: readonly (string | number)[], expected: string, found: string): EspalierError {
  const where = jsonPointer(path);
  return new EspalierError("INVALID_PLAN", "The plan contradicts itself", { where, expected, found });
}

function member(json: Json | undefined, key: string): Json | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  return (json as { readonly [key: string]: Json })[key];
}
