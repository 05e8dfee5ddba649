// receipt.json → Receipt. Checks the shape only; whether what it says is true is for `verifyReceipt`.

import { EspalierError } from "@espalier/ir";
import * as v from "valibot";
import { checkShape, count, mapOf, plainPath, sha256Text } from "../json/check-shape.js";
import { type Json, jsonPointer, readJson } from "../json/strict-json.js";
import type { Receipt } from "./receipt.js";

const number = v.number();
const text = v.string();
const optionalText = v.optional(text);
const nullable = <T extends v.GenericSchema>(schema: T): v.NullableSchema<T, undefined> => v.nullable(schema);

const unavailable = v.looseObject({ unavailable: text, unblock: text });
const file = v.looseObject({ path: plainPath, sha256: sha256Text, bytes: count });
const change = v.looseObject({
  before: nullable(number),
  after: nullable(number),
  reason: optionalText,
  unblock: optionalText,
});
const size = v.looseObject({ raw: count, gzip: nullable(count), brotli: nullable(count) });
const agreement = { maxAbs: number, maxRel: number };
const statistics = v.looseObject({
  medianMs: number,
  p10Ms: number,
  p90Ms: number,
  runs: count,
  threads: count,
  batch: nullable(number),
  runtime: text,
  unstable: v.boolean(),
  samplesMs: v.array(number),
});
const speedup = { before: statistics, after: statistics, speedup: nullable(number) };

const recovered = v.looseObject({ outputError: number, accuracy: v.optional(number) });

const recoveryEntry = v.looseObject({
  step: count,
  methods: v.optional(v.array(text)),
  data: sha256Text,
  n: count,
  before: recovered,
  after: recovered,
  left: v.optional(v.array(v.looseObject({ layer: text, code: text, reason: text, unblock: text }))),
});
const trainedScores = v.looseObject({ loss: number, accuracy: number });
const trainingEntry = v.looseObject({
  step: count,
  method: v.picklist(["distillation", "labels"]),
  epochs: count,
  dataset: text,
  data: sha256Text,
  n: count,
  before: trainedScores,
  after: trainedScores,
});

const tradePoint = v.looseObject({ cost: number, importance: number });

const receipt = v.looseObject({
  schema: v.literal(1),
  source: v.looseObject({ path: text, sha256: sha256Text, bytes: count }),
  artefact: nullable(file),
  files: v.array(v.looseObject({ ...file.entries, role: text })),
  target: text,
  plan: nullable(v.looseObject({ path: plainPath, sha256: sha256Text })),
  seed: v.pipe(number, v.safeInteger()),
  versions: mapOf(isText, "an object of texts"),
  machine: mapOf(isTextOrNumber, "an object of texts and numbers"),
  createdAt: text,
  command: v.array(text),
  bindings: mapOf(isSize, "an object of whole numbers ≥ 1"),
  inputs: v.looseObject({ seed: number, count, spec: text }),
  params: change,
  macs: change,
  size: v.looseObject({ before: size, after: size }),
  memory: v.looseObject({ peakBytes: nullable(number) }),
  load: v.looseObject({ ms: nullable(number) }),
  sparsity: v.looseObject({ zeros: count, prunable: count, all: count }),
  nm: v.optional(
    v.looseObject({
      pattern: text,
      axis: text,
      violations: count,
      layers: v.array(
        v.looseObject({ tensor: text, dims: v.array(count), axis: count, blocks: count, violations: count }),
      ),
      dense: v.optional(
        v.array(
          v.looseObject({
            name: text,
            nodes: v.array(text),
            code: text,
            reason: text,
            unblock: text,
            detail: nullable(text),
          }),
        ),
      ),
    }),
  ),
  parity: nullable(
    v.union([
      unavailable,
      v.looseObject({
        reference: v.literal("masked"),
        ...agreement,
        outputs: v.array(v.looseObject({ name: text, ...agreement, ties: count })),
        inputs: count,
        tolerance: number,
      }),
    ]),
  ),
  recovery: v.array(v.union([trainingEntry, recoveryEntry])),
  export: v.optional(
    v.looseObject({
      reference: v.literal("pruned onnx"),
      path: plainPath,
      runtime: nullable(text),
      maxAbs: nullable(number),
      maxRel: nullable(number),
      inputs: count,
      tolerance: nullable(number),
      reason: optionalText,
      unblock: optionalText,
    }),
  ),
  accuracy: v.optional(
    v.looseObject({
      metric: v.literal("top-1"),
      dataset: text,
      data: sha256Text,
      n: count,
      before: number,
      pruned: number,
      recovered: number,
      exported: v.optional(v.looseObject({ accuracy: number, runtime: text })),
    }),
  ),
  calibration: v.optional(v.looseObject({ spec: text, sets: count, items: count })),
  sensitivity: v.optional(
    v.looseObject({
      curves: v.array(
        v.looseObject({
          group: text,
          width: count,
          points: v.array(v.looseObject({ kept: count, error: number })),
          local: v.array(number),
        }),
      ),
      data: sha256Text,
      sets: count,
      items: count,
    }),
  ),
  drop: v.optional(
    v.looseObject({
      measure: v.picklist(["accuracy", "output error"]),
      limit: number,
      over: v.picklist(["ratio", "macs", "params", "size"]),
      dense: nullable(number),
      found: nullable(number),
      data: sha256Text,
      sets: count,
      items: count,
      candidates: v.array(v.looseObject({ value: number, drop: nullable(number), met: v.boolean() })),
    }),
  ),
  latency: nullable(
    v.union([
      unavailable,
      v.looseObject({
        source: nullable(statistics),
        ...speedup,
        predicted: v.optional(
          nullable(
            v.looseObject({
              medianMs: number,
              source: v.picklist(["measured", "bundled"]),
              errorRatio: nullable(number),
            }),
          ),
        ),
        beside: v.optional(v.array(v.looseObject(speedup))),
      }),
    ]),
  ),
  widths: v.array(
    v.looseObject({
      group: text,
      kind: text,
      before: count,
      after: count,
      asked: count,
      exact: v.boolean(),
      members: count,
    }),
  ),
  costs: v.array(v.looseObject({ node: text, opType: text, macs: change, weightBytes: change })),
  trade: v.optional(
    v.looseObject({
      unit: v.picklist(["ms", "MACs", "parameters", "bytes"]),
      best: v.array(tradePoint),
      uniform: v.array(tradePoint),
      chosen: tradePoint,
    }),
  ),
  cleanups: v.array(text),
  refused: v.array(
    v.looseObject({ group: nullable(text), node: nullable(text), code: text, reason: text, unblock: text }),
  ),
  seal: v.optional(sha256Text),
});

/** What the reader checks, for tests of docs/file-formats.md. */
export const RECEIPT_SHAPE: v.GenericSchema = receipt;

/**
 * The receipt in the bytes of a `receipt.json`.
 *
 * @throws EspalierError `INVALID_RECEIPT` with a JSON pointer in `where`
 */
export function readReceipt(bytes: Uint8Array): Receipt {
  const json = readJson(bytes, { code: "INVALID_RECEIPT" });
  requireSchema(json);
  return checkShape(json, receipt, "INVALID_RECEIPT", "This is not a receipt") as unknown as Receipt;
}

function requireSchema(json: Json): void {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return;
  const { schema } = json as { readonly [key: string]: Json };
  if (typeof schema !== "number" || schema === 1) return;
  throw new EspalierError(
    "INVALID_RECEIPT",
    schema > 1 ? "The receipt is of a newer schema" : "The receipt is of no known schema",
    {
      where: jsonPointer(["schema"]),
      expected: "1",
      found: String(schema),
      unblock: "Use the version of Espalier that wrote it, or a newer one.",
    },
  );
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTextOrNumber(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

function isSize(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}
