// The gradient rules against PyTorch's autograd in float64: small graphs over the operators' attributes, and their forms
// in many opsets. test/gradients/make_golden.py says how the references are made.

import { DataType, inferFacts, isStatic, type Model, raiseOpset, type Value, writeModel } from "@espalier/ir";
import { Arithmetic, defaultGradients, differentiate, GRADIENT_RULES } from "@espalier/train";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { buildCase, type GoldenCase, numbersOf, readGoldenCases } from "../gradients/golden-case.js";

const CASES = readGoldenCases();

/** Largest difference allowed, by the largest entry of the reference tensor. */
const TOLERANCE = 2e-4;

describe("gradient rules against PyTorch", () => {
  it("has at least 300 cases, and at least one for every rule", () => {
    expect(CASES.length).toBeGreaterThanOrEqual(300);
    const met = new Set(CASES.flatMap(({ nodes }) => nodes.map(({ op, domain }) => `${domain ?? ""}:${op}`)));
    const without = GRADIENT_RULES.map(
      ({ definition }) => `${definition.domain}:${definition.opType}`,
    ).filter((name) => !met.has(name));
    expect(without).toEqual([]);
  });

  it.each(CASES.map((one) => [one.name, one] as const))("%s", async (_, golden) => {
    const results = await run(golden);
    for (const [name, encoded] of Object.entries(golden.outputs))
      expect(difference(results[name] as Tensor, numbersOf(encoded)), `result ${name}`).toBeLessThan(1e-5);
    for (const [name, encoded] of Object.entries(golden.gradients)) {
      const gradient = results[`d_${name}`] as Tensor;
      expect(gradient.dims, `shape of the gradient of ${name}`).toEqual(encoded[1]);
      expect(difference(gradient, numbersOf(encoded)), `gradient of ${name}`).toBeLessThan(TOLERANCE);
    }
  });
});

/** Results by name, and gradients by the name of what they are of, after `d_`. */
async function run(golden: GoldenCase): Promise<Record<string, Tensor>> {
  const model = withGradients(golden);
  const bytes = Buffer.concat(writeModel(model, { external: "never" }).chunks);
  const session = await InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const feeds = Object.fromEntries(
    session.inputNames.map((name) => {
      const encoded = golden.inputs[name] as GoldenCase["inputs"][string];
      return [name, new Tensor("float32", Float32Array.from(numbersOf(encoded)), encoded[1])];
    }),
  );
  const results = await session.run(feeds);
  await session.release();
  return results as Record<string, Tensor>;
}

/** The graph of a case as a step would write it: in opset 17 or newer, with loss = Σ r·y and its gradients. */
function withGradients(golden: GoldenCase): Model {
  const built = buildCase(golden);
  const { model, values } = raiseOpset(built.model, 17);
  const { graph } = model;
  const own = (name: string): Value => values.get(built.values.get(name) as Value) as Value;
  const make = new Arithmetic(graph);
  const before = inferFacts(model);
  const terms = graph.outputs.map((output) => {
    const shape = before.shape(output) ?? [];
    const dims = shape.map((size) => (isStatic(size) ? size : Number.NaN));
    const weights = Array.from({ length: dims.reduce((all, size) => all * size, 1) }, (_, i) => weight(i));
    return make.sumAll(make.multiply(output, make.floats(dims, weights)));
  });
  const loss = make.total(terms);
  const of = Object.keys(golden.gradients).map(own);
  const gradients = differentiate({
    ...{ graph, facts: inferFacts(model), rules: defaultGradients(), make, loss, of },
  });
  for (const name of Object.keys(golden.gradients)) {
    const gradient = gradients.get(own(name));
    if (gradient == null) throw new Error(`no gradient of ${name}`);
    make.builder.output(make.op("Identity", [gradient]), `d_${name}`, DataType.FLOAT);
  }
  return model;
}

/** r_i, as make_golden.py has it. */
function weight(i: number): number {
  return (((37 * i) % 101) - 50) / 50 + 0.01;
}

/** max|a − b| / max|b| */
function difference(actual: Tensor, expected: readonly number[]): number {
  const data = actual.data as Float32Array;
  expect(data.length).toBe(expected.length);
  const scale = Math.max(...expected.map(Math.abs), 1e-6);
  return Math.max(...expected.map((value, i) => Math.abs((data[i] as number) - value))) / scale;
}
