// Every int8 operator of real networks, fed the same, against what TensorFlow's reference kernels gave
// (compare-network-operators.ts). Needs the build: interpreters are programs of their own.

import type { RuntimeTensor } from "@espalier/core";
import { nodeTfliteRuntime } from "@espalier/runtime-tflite/node";
import { describe, expect, it } from "vitest";
import { dataFolder } from "../data-folder.js";
import { networksInt8 } from "../tflite/network-int8.js";
import { INT8_NETWORKS, int8Inputs, networkApart, samplePlaces, sizeOf } from "../tflite/operators-apart.js";

const reference = networksInt8();
/** Share of elements that are at most one step from the reference kernel's. */
const LIMIT = 0.999;

describe.each(INT8_NETWORKS)("%s in full int8", (name) => {
  const { sha256, ranges, operators = [] } = reference[name] ?? {};
  const apart = () =>
    networkApart(
      name,
      (ranges ?? []).map(([min, max]) => ({ min, max })),
    );

  it("was within a step of the reference in all elements but one in a thousand, operator by operator", () => {
    expect(operators.length).toBeGreaterThan(30);
    for (const { name: operator, litert, tfjs, clipped } of operators) {
      expect(Math.min(litert.within, tfjs.within), operator).toBeGreaterThanOrEqual(LIMIT);
      // At the ends of int8 everything is equal.
      expect(clipped, operator).toBeLessThan(0.95);
    }
  });

  it.skipIf(dataFolder === null)("is exported as it was when that was measured", () => {
    const now = apart();
    expect(now.operators.map((one) => [one.name, sizeOf(one.output.shape)])).toEqual(
      operators.map((row) => [row.name, row.elements]),
    );
    expect(now.sha256).toBe(sha256);
  });

  it.skipIf(dataFolder === null).each(["litert", "tfjs"] as const)(
    "is within a step of it on %s, in a sample of all operators",
    async (engine) => {
      const { bytes, ...taken } = apart();
      const session = await nodeTfliteRuntime({ engine }).load(bytes, { timeoutMs: 60_000 });
      try {
        const results = await session.run(int8Inputs({ bytes, ...taken }));
        const far = taken.operators.flatMap((operator, i) => {
          const row = operators[i];
          const expected = new Int8Array(new Uint8Array(Buffer.from(row?.sample ?? "", "base64")).buffer);
          const { data } = results[operator.output.name] as RuntimeTensor;
          const places = samplePlaces(operator);
          expect(expected.length).toBe(places.length);
          const steps = places.map((place, j) => Math.abs(Number(data[place]) - (expected[j] as number)));
          const within = steps.filter((step) => step <= 1).length / steps.length;
          return within >= LIMIT ? [] : [`${operator.name}: ${within}`];
        });
        expect(far).toEqual([]);
      } finally {
        await session.dispose();
      }
    },
    120_000,
  );
});
