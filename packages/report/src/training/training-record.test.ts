import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { TrainingRecord } from "./training-record.js";

const file = { path: "", sha256: "", bytes: 0 };
const scores = { loss: 0, accuracy: 0 };
/** Every key that there is: the compiler holds it to the type. */
const RECORD: Required<TrainingRecord> = {
  schema: 1,
  tool: "espalier",
  source: file,
  artefact: file,
  files: [file],
  teacher: file,
  method: "labels",
  data: { name: "", sha256: "", count: 0, testSha256: "", testCount: 0 },
  preparation: "",
  options: {
    epochs: 1,
    batch: 1,
    learningRate: 1,
    optimiser: "sgd",
    schedule: "constant",
    augment: "none",
    statistics: "batch",
    seed: 1,
    threads: 1,
  },
  zeros: 0,
  before: scores,
  after: scores,
  history: {
    stepsPerEpoch: 1,
    steps: 1,
    curve: [{ step: 1, ...scores, learningRate: 1 }],
    evaluations: [{ step: 1, set: "", samples: 1, ...scores }],
  },
  versions: {},
  machine: {},
  createdAt: "",
  command: [],
};

it("is named key by key in docs/file-formats.md, but for the options, which are the plan's", () => {
  const text = readFileSync(new URL("../../../../docs/file-formats.md", import.meta.url), "utf8");
  const [, section = ""] = text.split("## training.json\n");
  const named = [...(section.split("\n## ")[0] ?? "").matchAll(/"([A-Za-z0-9]+)":/g)].map(([, key]) => key);
  const { options: _, ...rest } = RECORD;
  expect(new Set(named)).toEqual(new Set(["options", ...keysOf(rest)]));
});

function keysOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(keysOf);
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
}
